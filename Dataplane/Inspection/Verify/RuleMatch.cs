using Dataplane.Inspection.Compile;

namespace Dataplane.Inspection.Verify;

/// <summary>A rule that matched the packet or piece of stream just inspected.</summary>
public readonly record struct RuleMatch(CompiledRule Rule, bool InStream);
