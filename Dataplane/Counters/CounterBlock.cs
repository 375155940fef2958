using System.Runtime.CompilerServices;

namespace Dataplane.Counters;

/// <summary>What one worker counts. It alone writes; the control thread reads, a moment late.</summary>
public sealed class CounterBlock
{
    private readonly ulong[] _drops = new ulong[(int)DropReason.Count];
    private readonly ulong[] _depthPackets = new ulong[16];

    /// <summary>Packets and wire bytes received.</summary>
    public ulong Packets { get; set; }

    public ulong Bytes { get; set; }

    /// <summary>Packets that were no IP and passed on unread.</summary>
    public ulong NonIpPackets { get; set; }

    /// <summary>Packets forwarded.</summary>
    public ulong Forwarded { get; set; }

    /// <summary>Flows begun and ended since start.</summary>
    public ulong FlowsStarted { get; set; }

    public ulong FlowsEnded { get; set; }

    /// <summary>Flows given up to make room.</summary>
    public ulong FlowsEvicted { get; set; }

    /// <summary>Bursts that were empty, and bursts that were not: how busy the worker is.</summary>
    public ulong EmptyPolls { get; set; }

    public ulong Bursts { get; set; }

    /// <summary>Time spent on bursts, ns by the worker's clock.</summary>
    public ulong BusyNs { get; set; }

    /// <summary>Packets handed to the worker that owns their flow, and rounds in which none was received
    /// because too many were under way to a peer.</summary>
    public ulong HandedOver { get; set; }

    public ulong HandoverWaits { get; set; }

    /// <summary>Drops by <see cref="DropReason"/>.</summary>
    public ReadOnlySpan<ulong> Drops => _drops;

    /// <summary>Packets of TCP flows by the depth that handled them (index = StackDepth bits).</summary>
    public ReadOnlySpan<ulong> DepthPackets => _depthPackets;

    /// <summary>Counts a drop.</summary>
    public void Drop(DropReason reason) => _drops[(int)reason]++;

    /// <summary>Counts a packet of a TCP flow at a depth.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AtDepth(byte depth) => _depthPackets[depth & 15]++;
}
