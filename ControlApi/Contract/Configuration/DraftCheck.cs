using Dataplane.Contract.Configuration;

namespace ControlApi.Contract.Configuration;

/// <summary>What a commit of a document would find; no fault when it would be applied.</summary>
public sealed record DraftCheck(IReadOnlyList<ConfigFault> Faults);
