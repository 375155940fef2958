using Dataplane.Native.Memory;

namespace Dataplane.Flows;

/// <summary>Idle times after which flows end, in seconds.</summary>
public sealed record FlowTimeouts
{
    /// <summary>TCP until its handshake is complete; attempts nobody answers.</summary>
    public uint TcpHandshakeSeconds { get; init; } = 30;

    /// <summary>TCP with an established connection.</summary>
    public uint TcpEstablishedSeconds { get; init; } = 3600;

    /// <summary>TCP after both FINs or a reset.</summary>
    public uint TcpClosedSeconds { get; init; } = 10;

    /// <summary>UDP.</summary>
    public uint DatagramSeconds { get; init; } = 120;

    /// <summary>ICMP and every other protocol.</summary>
    public uint OtherSeconds { get; init; } = 30;

    /// <summary>The timeout of a class.</summary>
    public uint SecondsOf(AgeClass ageClass) => ageClass switch
    {
        AgeClass.TcpHandshake => TcpHandshakeSeconds,
        AgeClass.TcpEstablished => TcpEstablishedSeconds,
        AgeClass.TcpClosed => TcpClosedSeconds,
        AgeClass.Datagram => DatagramSeconds,
        _ => OtherSeconds,
    };
}

/// <summary>What decides how long a flow may be idle.</summary>
public enum AgeClass : byte
{
    TcpHandshake,
    TcpEstablished,
    TcpClosed,
    Datagram,
    Other,
}

/// <summary>A timer wheel of one-second lists of flows (8 bytes a flow): idle flows leave by it.</summary>
/// <remarks>
/// A packet only writes LastSeenMs; the wheel looks again when the flow's old deadline comes.
/// Work of one call
/// is bounded by the caller. Owning worker only.
/// </remarks>
public sealed class FlowAging : IDisposable
{
    private const uint Nil = uint.MaxValue;

    /// <summary>2³² ms: a beginning from which nothing lies before 0.</summary>
    private const ulong WrapMs = 1UL << 32;

    /// <summary>Longer than the longest timeout: 68 minutes.</summary>
    private const uint ListCount = 4096;

    private readonly FlowTable _table;
    private readonly uint[] _seconds;
    private readonly NativeArray<uint> _heads = new(ListCount);
    private readonly NativeArray<Neighbours> _links;

    /// <summary>Time without a wrap: flows keep its low half, which comes round every 49.7 days.</summary>
    private ulong _nowMs;
    private ulong _second;

    /// <summary>Ages the flows of a table by the given timeouts.</summary>
    public FlowAging(
        FlowTable table, FlowTimeouts timeouts, uint nowMs, MemoryPages pages = MemoryPages.Normal)
    {
        _table = table;
        _links = new NativeArray<Neighbours>(table.FlowMax, pages);
        _nowMs = WrapMs + nowMs;
        _second = _nowMs / 1000;
        _seconds = [.. Enum.GetValues<AgeClass>().Select(
            c => Math.Clamp(timeouts.SecondsOf(c), 1, ListCount - 2))];
        _heads.AsSpan().Fill(Nil);
    }

    /// <summary>Memory of the wheel.</summary>
    public ulong Bytes => _heads.Bytes + _links.Bytes;

    /// <summary>Of these, for each flow.</summary>
    public static ulong BytesOfFlow => (ulong)Reinterpret.SizeOf<Neighbours>();

    /// <summary>Puts a new flow on the wheel.</summary>
    public void Add(uint slot)
    {
        ref FlowEntry entry = ref _table[slot];
        ulong due = (SeenMs(in entry) / 1000) + _seconds[entry.AgeClass] + 1;
        Link(slot, Math.Max(due, _second + 1));
    }

    /// <summary>Takes a flow off the wheel, before it is removed.</summary>
    public void Remove(uint slot)
    {
        ref Neighbours own = ref _links[slot];
        if (own.Previous >= FlowId.SlotMax)
        {
            // The list's number is kept in place of a predecessor: see Link.
            _heads[own.Previous - FlowId.SlotMax] = own.Next;
        }
        else
        {
            _links[own.Previous].Next = own.Next;
        }

        if (own.Next != Nil)
        {
            _links[own.Next].Previous = own.Previous;
        }
    }

    /// <summary>Makes a flow due under its new class,
    /// where that comes sooner than its place on the wheel.</summary>
    public void Reclassify(uint slot, AgeClass ageClass)
    {
        ref FlowEntry entry = ref _table[slot];
        if (entry.AgeClass == (byte)ageClass)
        {
            return;
        }

        entry.AgeClass = (byte)ageClass;
        Remove(slot);
        Add(slot);
    }

    /// <summary>The next flow whose time is up by <paramref name="nowMs"/>, or None.
    /// The caller ends and removes
    /// it. <paramref name="work"/> counts flows looked at, down to 0,
    /// when the rest waits for the next call.</summary>
    public uint NextExpired(uint nowMs, ref int work)
    {
        _nowMs += nowMs - (uint)_nowMs;
        ulong now = _nowMs / 1000;

        // One turn looks at every flow, however far a clock was set forward.
        _second = Math.Max(_second, now - ListCount);
        while (work > 0)
        {
            uint slot = _heads[(uint)(_second % ListCount)];
            if (slot == Nil)
            {
                if (_second >= now)
                {
                    return FlowTable.None;
                }

                _second++;
                continue;
            }

            work--;
            ref FlowEntry entry = ref _table[slot];
            uint idleSeconds = (nowMs - entry.LastSeenMs) / 1000;
            if (idleSeconds >= _seconds[entry.AgeClass])
            {
                return slot;
            }

            Remove(slot);
            Add(slot);
        }

        return FlowTable.None;
    }

    public void Dispose()
    {
        _heads.Dispose();
        _links.Dispose();
    }

    /// <summary>A flow's last packet is not much later than now, and at most half a wrap earlier.</summary>
    private ulong SeenMs(ref readonly FlowEntry entry) =>
        _nowMs + (ulong)(long)(int)(entry.LastSeenMs - (uint)_nowMs);

    private void Link(uint slot, ulong due)
    {
        uint list = (uint)(due % ListCount);
        uint first = _heads[list];
        _links[slot] = new Neighbours(first, FlowId.SlotMax + list);
        if (first != Nil)
        {
            _links[first].Previous = slot;
        }

        _heads[list] = slot;
    }

    /// <summary>Neighbours of a flow in its list; <see cref="Nil"/> behind the last.</summary>
    private record struct Neighbours(uint Next, uint Previous);
}
