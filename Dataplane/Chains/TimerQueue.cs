using Dataplane.Native.Memory;

namespace Dataplane.Chains;

/// <summary>One-shot timers of a worker, soonest first: a heap in a fixed array.</summary>
/// <remarks>Setting and taking cost O(log n). Timers of equal time come in the order in which they were
/// set. One worker's; nothing is allocated after construction.</remarks>
public sealed class TimerQueue(uint timerMax) : IDisposable
{
    private readonly NativeArray<Entry> _heap = new(timerMax);
    private uint _order;

    /// <summary>Timers that wait.</summary>
    public uint Count { get; private set; }

    /// <summary>Timers that found no place.</summary>
    public ulong RefusedCount { get; private set; }

    /// <summary>When the soonest is due; <see cref="long.MaxValue"/> without any.</summary>
    public long DueNs => Count == 0 ? long.MaxValue : _heap[0].Timer.DueNs;

    /// <summary>Adds a timer; false when all are in use.</summary>
    public bool TryAdd(in FlowTimer timer)
    {
        if (Count == timerMax)
        {
            RefusedCount++;
            return false;
        }
        uint at = Count++;
        var entry = new Entry(timer, _order++);
        while (at != 0 && entry.IsBefore(in _heap[(at - 1) / 2]))
        {
            _heap[at] = _heap[(at - 1) / 2];
            at = (at - 1) / 2;
        }
        _heap[at] = entry;
        return true;
    }

    /// <summary>Takes the soonest timer, when it is due by <paramref name="nowNs"/>.</summary>
    public bool TryTake(long nowNs, out FlowTimer timer)
    {
        timer = default;
        if (Count == 0 || DueNs > nowNs)
        {
            return false;
        }
        timer = _heap[0].Timer;
        Entry last = _heap[--Count];
        uint at = 0;
        while ((at * 2) + 1 < Count)
        {
            uint child = (at * 2) + 1;
            child += child + 1 < Count && _heap[child + 1].IsBefore(in _heap[child]) ? 1u : 0;
            if (!_heap[child].IsBefore(in last))
            {
                break;
            }
            _heap[at] = _heap[child];
            at = child;
        }
        _heap[at] = last;
        return true;
    }

    public void Dispose() => _heap.Dispose();

    private readonly record struct Entry(FlowTimer Timer, uint Order)
    {
        public bool IsBefore(ref readonly Entry other) =>
            Timer.DueNs != other.Timer.DueNs ? Timer.DueNs < other.Timer.DueNs
            : unchecked((int)(Order - other.Order)) < 0;
    }
}

/// <summary>One timer.</summary>
/// <param name="DueNs">Flow time at which it comes.</param>
/// <param name="Slot">The flow's slot.</param>
/// <param name="Generation">Which use of the slot.</param>
/// <param name="Id">What the NF calls it.</param>
/// <param name="Nf">Index of the NF in its chain.</param>
public readonly record struct FlowTimer(long DueNs, uint Slot, uint Generation, uint Id, ushort Nf);
