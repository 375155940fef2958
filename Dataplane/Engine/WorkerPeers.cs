using Dataplane.Counters;
using Dataplane.Native.Memory;
using Dataplane.Packets;

namespace Dataplane.Engine;

/// <summary>One worker's ends of the rings to its peers: what it hands over and gives back, in
/// bursts.</summary>
/// <remarks>Its worker's thread only; <see cref="UnderWay"/> by anyone. Allocates nothing after
/// construction.</remarks>
public sealed class WorkerPeers
{
    private readonly Handover[][] _there;
    private readonly Handover[][] _back;
    private readonly int[] _thereCount;
    private readonly int[] _backCount;
    private readonly int[] _underWay;
    private readonly CounterBlock _counters;
    private int _underWayInAll;

    /// <summary>The ends of worker <paramref name="number"/>.</summary>
    public WorkerPeers(WorkerMesh mesh, byte number, CounterBlock counters)
    {
        (Mesh, Number, _counters) = (mesh, number, counters);
        _there = MakeBursts(mesh.Count);
        _back = MakeBursts(mesh.Count);
        _thereCount = new int[mesh.Count];
        _backCount = new int[mesh.Count];
        _underWay = new int[mesh.Count];
    }

    /// <summary>The rings of all workers.</summary>
    public WorkerMesh Mesh { get; }

    /// <summary>Whose ends these are.</summary>
    public byte Number { get; }

    /// <summary>Packets that this worker handed over and has not got back yet.</summary>
    public int UnderWay => Volatile.Read(ref _underWayInAll);

    /// <summary>True when a whole burst can be handed to any peer; false is counted.</summary>
    public bool HasRoom()
    {
        for (int to = 0; to < _underWay.Length; to++)
        {
            if (!HasRoomTo(to))
            {
                _counters.HandoverWaits++;
                return false;
            }
        }

        return true;
    }

    /// <summary>True when a whole burst can be handed to that peer.</summary>
    public bool HasRoomTo(int to) => _underWay[to] + PacketBurst.CapacityMax <= WorkerMesh.RingPackets;

    /// <summary>Queues a packet for its owner; there must be room.</summary>
    public void HandOver(byte to, in Handover handover)
    {
        _counters.HandedOver++;
        _underWay[to]++;
        Volatile.Write(ref _underWayInAll, _underWayInAll + 1);
        Put(Mesh.There(Number, to), _there[to], ref _thereCount[to], in handover);
    }

    /// <summary>Queues a packet on its way back.</summary>
    public void GiveBack(byte to, in Handover handover) =>
        Put(Mesh.Back(Number, to), _back[to], ref _backCount[to], in handover);

    /// <summary>Packets that a peer hands to us.</summary>
    public int TakeOver(int from, Span<Handover> burst) => Mesh.There(from, Number).Dequeue(burst);

    /// <summary>Packets that a peer gives back to us.</summary>
    public int TakeBack(int from, Span<Handover> burst)
    {
        int count = Mesh.Back(from, Number).Dequeue(burst);
        _underWay[from] -= count;
        Volatile.Write(ref _underWayInAll, _underWayInAll - count);
        return count;
    }

    /// <summary>Sends what is queued: at the end of each burst.</summary>
    public void Flush()
    {
        for (int to = 0; to < _there.Length; to++)
        {
            Send(Mesh.There(Number, to), _there[to], ref _thereCount[to]);
            Send(Mesh.Back(Number, to), _back[to], ref _backCount[to]);
        }
    }

    private static void Put(
        SpscRing<Handover> ring, Handover[] burst, ref int count, in Handover handover)
    {
        if (count == burst.Length)
        {
            Send(ring, burst, ref count);
        }

        burst[count++] = handover;
    }

    // Never more than a ring is under way to a peer, so all of it fits.
    private static void Send(SpscRing<Handover> ring, Handover[] burst, ref int count)
    {
        if (count != 0)
        {
            _ = ring.Enqueue(burst.AsSpan(0, count));
            count = 0;
        }
    }

    private static Handover[][] MakeBursts(int count) =>
        [.. Enumerable.Range(0, count).Select(_ => new Handover[PacketBurst.CapacityMax])];
}
