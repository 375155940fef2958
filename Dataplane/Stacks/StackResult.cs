using Dataplane.Counters;

namespace Dataplane.Stacks;

/// <summary>What a µStack says of a packet: go on, or drop it for a named reason.</summary>
public readonly record struct StackResult(DropReason Reason)
{
    /// <summary>The packet goes on.</summary>
    public static StackResult Continue => default;

    /// <summary>True when the packet goes no further.</summary>
    public bool IsDrop => Reason != DropReason.None;

    /// <summary>The packet goes no further.</summary>
    public static StackResult Drop(DropReason reason) => new(reason);
}
