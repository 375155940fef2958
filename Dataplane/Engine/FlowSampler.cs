using Dataplane.Flows;
using Dataplane.Native.Memory;

namespace Dataplane.Engine;

/// <summary>The largest flows of a worker and how deep its flows' stacks are, looked up bit by bit.</summary>
/// <remarks>
/// The worker walks its table a piece at each tick and publishes when it is through; others read the
/// published state under a sequence lock. Nothing is allocated after construction.
/// Threads: Tick by the worker, TryRead by any other.
/// </remarks>
public sealed class FlowSampler(FlowTable table, byte worker) : IDisposable
{
    /// <summary>How many flows are published.</summary>
    public const int TopMax = 64;

    /// <summary>How many values <see cref="StackDepth"/> can take.</summary>
    public const int DepthCount = 16;

    /// <summary>Slots looked at in one tick: at 100 ticks a second 10⁵ slots, some 0.1 % of a core.</summary>
    public const uint SlotsPerTick = 1_024;

    private readonly NativeArray<uint> _startedMs = new(table.FlowMax);
    private readonly TopFlow[] _found = new TopFlow[TopMax];
    private readonly ulong[] _foundDepths = new ulong[DepthCount];
    private readonly TopFlow[] _published = new TopFlow[TopMax];
    private readonly ulong[] _publishedDepths = new ulong[DepthCount];
    private int _foundCount;
    private int _leastAt;
    private int _publishedCount;
    private uint _slot;
    private uint _sequence;

    /// <summary>A flow began in a slot; whole milliseconds of the worker's clock.</summary>
    public void Started(uint slot, uint nowMs) => _startedMs[slot] = nowMs;

    /// <summary>Looks at the next piece of the table.</summary>
    public void Tick()
    {
        uint end = Math.Min(_slot + SlotsPerTick, table.FlowMax);
        for (; _slot < end; _slot++)
        {
            ref readonly FlowEntry entry = ref table[_slot];
            if (entry.InUse)
            {
                _foundDepths[(int)entry.Depth & (DepthCount - 1)]++;
                Consider(in entry);
            }
        }
        if (_slot == table.FlowMax)
        {
            Publish();
        }
    }

    /// <summary>Copies what was published last; false when the worker was just publishing:
    /// try again.</summary>
    public bool TryRead(Span<TopFlow> flows, Span<ulong> depths, out int count)
    {
        uint before = Volatile.Read(ref _sequence);
        count = Math.Min(_publishedCount, flows.Length);
        _published.AsSpan(0, count).CopyTo(flows);
        _publishedDepths.CopyTo(depths);
        Interlocked.MemoryBarrier();
        return before % 2 == 0 && Volatile.Read(ref _sequence) == before;
    }

    public void Dispose() => _startedMs.Dispose();

    private void Consider(ref readonly FlowEntry entry)
    {
        int place = _foundCount;
        if (_foundCount < TopMax)
        {
            _foundCount++;
        }
        else if (entry.ClientBytes + entry.ServerBytes > _found[_leastAt].Bytes)
        {
            place = _leastAt;
        }
        else
        {
            return;
        }
        ref TopFlow flow = ref _found[place];
        flow.Entry = entry;
        flow.Key = table.KeyOf(_slot);
        flow.Flow = FlowId.Of(worker, _slot);
        flow.StartedMs = _startedMs[_slot];
        if (_foundCount == TopMax)
        {
            FindLeast();
        }
    }

    private void FindLeast()
    {
        _leastAt = 0;
        for (int i = 1; i < TopMax; i++)
        {
            if (_found[i].Bytes < _found[_leastAt].Bytes)
            {
                _leastAt = i;
            }
        }
    }

    private void Publish()
    {
        Volatile.Write(ref _sequence, _sequence + 1); // odd: the worker is inside
        Interlocked.MemoryBarrier();
        _found.AsSpan(0, _foundCount).CopyTo(_published);
        _foundDepths.CopyTo(_publishedDepths, 0);
        _publishedCount = _foundCount;
        Volatile.Write(ref _sequence, _sequence + 1);
        Array.Clear(_foundDepths);
        _foundCount = 0;
        _slot = 0;
    }
}
