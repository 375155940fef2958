using Dataplane.Inspection.Compile;
using Dataplane.Inspection.Rules;

namespace Dataplane.Inspection.Verify;

/// <summary>A rule that matched the packet or piece of stream just inspected.</summary>
public readonly record struct RuleMatch(CompiledRule Rule, bool InStream)
{
    /// <summary>The rule's action, unless a rate_filter changed it.</summary>
    public RuleAction Action { get; init; } = Rule.Rule.Action;

    /// <summary>Number of the transaction that matched plus one; 0: none did.</summary>
    public uint Transaction { get; init; }
}
