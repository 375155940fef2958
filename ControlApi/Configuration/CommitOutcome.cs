using ControlApi.Contract.Configuration;
using Dataplane.Contract.Configuration;

namespace ControlApi.Configuration;

/// <summary>How a request for a new revision was answered.</summary>
public sealed record CommitOutcome
{
    /// <summary>Set when the revision was saved and is being applied.</summary>
    public Operation? Operation { get; init; }

    /// <summary>Set when the document has faults.</summary>
    public IReadOnlyList<ConfigFault> Faults { get; init; } = [];

    /// <summary>Set when the base is no longer active.</summary>
    public IReadOnlyList<FieldDifference>? Differences { get; init; }

    public bool IsBusy { get; init; }

    public bool IsDataplaneAway { get; init; }
}
