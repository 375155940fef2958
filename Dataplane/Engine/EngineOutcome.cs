using Dataplane.Contract.Configuration;
using Dataplane.Inspection.Rules;

namespace Dataplane.Engine;

/// <summary>What became of applying a revision: it runs, or all that is wrong with it.</summary>
/// <param name="Faults">Empty when the revision runs.</param>
/// <param name="RejectedRules">Rules that did not load; the others did.</param>
/// <param name="RulesLoaded">How many rules did.</param>
public sealed record EngineOutcome(
    IReadOnlyList<ConfigFault> Faults, IReadOnlyList<RejectedRule> RejectedRules, int RulesLoaded);
