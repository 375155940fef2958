using ControlApi.Contract.Configuration;
using Dataplane.Contract.Configuration;

namespace ControlApi.Dataplane;

/// <summary>What the dataplane says of a document: faults, and rules that did not load.</summary>
public sealed record CheckedDocument(
    IReadOnlyList<ConfigFault> Faults, IReadOnlyList<RejectedRule> RejectedRules);
