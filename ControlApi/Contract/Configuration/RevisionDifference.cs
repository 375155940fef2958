namespace ControlApi.Contract.Configuration;

/// <summary>Where two revisions differ: base is the one asked for with ?with=, active the other.</summary>
public sealed record RevisionDifference(uint Revision, uint With, IReadOnlyList<FieldDifference> Differences);
