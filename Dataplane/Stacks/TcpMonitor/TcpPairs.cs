using System.Runtime.CompilerServices;
using Dataplane.Flows;
using Dataplane.Native.Memory;
using Dataplane.Packets;

namespace Dataplane.Stacks.TcpMonitor;

/// <summary>The pool of TCBs: two halves side by side (128 B) for each flow whose TCP state is
/// followed.</summary>
/// <remarks>
/// A pair is held while a flow's subscribers ask for a half, and given back when they do not or the flow
/// ends.
/// Pair 0 is nobody's: a flow's first SYN is worked out there, and an embryonic flow is read there.
/// Free pairs are linked through their own memory; those never used are not touched.
/// Threads:  the owning worker only.
/// </remarks>
public sealed class TcpPairs : IDisposable
{
    /// <summary>The pair that no flow holds; what <see cref="Take"/> answers when none is free.</summary>
    public const uint Staging = 0;

    private readonly NativeArray<TcpHalf> _halves;
    private uint _firstFree = Staging;
    private uint _firstUnused = Staging + 1;

    public TcpPairs(uint countMax, MemoryPages pages = MemoryPages.Normal)
    {
        ArgumentOutOfRangeException.ThrowIfZero(countMax);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(countMax, FlowId.SlotMax);
        CountMax = countMax;
        _halves = new NativeArray<TcpHalf>((countMax + 1) * 2, pages);
    }

    /// <summary>How many flows can be followed at once.</summary>
    public uint CountMax { get; }

    /// <summary>How many are.</summary>
    public uint UsedCount { get; private set; }

    /// <summary>Flows that asked for a pair when none was free; each is counted once until it gets
    /// one.</summary>
    public ulong RefusedCount { get; private set; }

    /// <summary>Memory of the pool.</summary>
    public ulong Bytes => _halves.Bytes;

    /// <summary>One half of a pair.</summary>
    public ref TcpHalf this[uint pair, Side side]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref _halves[(pair * 2) + (uint)side];
    }

    /// <summary>A pair whose halves hold what was in it before; <see cref="Staging"/> when none is
    /// free.</summary>
    public uint Take()
    {
        uint pair = _firstFree;
        if (pair != Staging)
        {
            _firstFree = this[pair, Side.Client].InitialSequence;
            Prefetch(_firstFree);
        }
        else if (_firstUnused <= CountMax)
        {
            pair = _firstUnused++;
            Prefetch(_firstUnused);
        }
        else
        {
            return Staging;
        }

        UsedCount++;
        return pair;
    }

    /// <summary>Gives a pair back.</summary>
    public void Give(uint pair)
    {
        this[pair, Side.Client].InitialSequence = _firstFree;
        _firstFree = pair;
        UsedCount--;
    }

    /// <summary>Counts a flow that found no pair.</summary>
    public void CountRefusal() => RefusedCount++;

    /// <summary>Asks for both lines of a pair; any number is harmless.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(uint pair) => _halves.PrefetchTwoLines(pair * 2);

    public void Dispose() => _halves.Dispose();
}
