using Dataplane.Native.Memory;
using Dataplane.Packets;

namespace Dataplane.Ports;

/// <summary>
/// Wraps a port whose received packets it loses, corrupts and reorders, the same way for the same seed.
/// </summary>
/// <remarks>
/// Threads: those of the wrapped port. Nothing is held back once the wrapped port has nothing more.
/// </remarks>
public sealed class FaultyPort(IPort inner, FaultyPort.Options options) : IPort
{
    /// <summary>Shares of packets, each from 0 to 1.</summary>
    public sealed record Options
    {
        public int Seed { get; init; }

        public double Loss { get; init; }

        /// <summary>One random bit is turned over.</summary>
        public double Corruption { get; init; }

        /// <summary>The packet is delivered after 1 to HeldMax later ones.</summary>
        public double Reordering { get; init; }
    }

    /// <summary>Packets that can be held back at once; beyond that none is.</summary>
    public const int HeldMax = 8;

    private readonly Random _random = new(options.Seed);
    private readonly PacketBurst _arrived = new();
    private readonly Packet[] _held = new Packet[HeldMax];
    private readonly int[] _heldFor = new int[HeldMax];
    private int _heldCount;

    public string Id => inner.Id;

    public string Device => inner.Device;

    public byte Index => inner.Index;

    public LinkType LinkType => inner.LinkType;

    public object Pool => inner.Pool;

    public bool Exhausted => inner.Exhausted && _heldCount == 0;

    public PortCounters Counters =>
        inner.Counters with { ReceiveDrops = inner.Counters.ReceiveDrops + LostCount };

    /// <summary>Packets lost on purpose.</summary>
    public ulong LostCount { get; private set; }

    public ulong CorruptedCount { get; private set; }

    public ulong ReorderedCount { get; private set; }

    public int Receive(PacketBurst burst, int most)
    {
        burst.Count = 0;
        int room = Math.Min(most, PacketBurst.CapacityMax);
        ReleaseDue(burst, room);
        int arrived = -1;
        while (burst.Count < room && arrived != 0)
        {
            arrived = inner.Receive(_arrived, room - burst.Count);
            for (int i = 0; i < arrived; i++)
            {
                Deliver(ref _arrived[i], burst);
            }
            ReleaseDue(burst, room);
        }
        if (burst.Count == 0)
        {
            ReleaseAll(burst, room);
        }
        return burst.Count;
    }

    public bool Send(ref Packet packet) => inner.Send(ref packet);

    public bool SendCopy(PacketBytes frame) => inner.SendCopy(frame);

    public void Flush() => inner.Flush();

    public void Free(ref Packet packet) => inner.Free(ref packet);

    public void Dispose()
    {
        for (int i = 0; i < _heldCount; i++)
        {
            inner.Free(ref _held[i]);
        }
        _heldCount = 0;
        inner.Dispose();
    }

    private void Deliver(ref Packet packet, PacketBurst burst)
    {
        if (_random.NextDouble() < options.Loss)
        {
            LostCount++;
            inner.Free(ref packet);
            return;
        }
        if (_random.NextDouble() < options.Corruption && packet.Frame.Length > 0)
        {
            CorruptedCount++;
            packet.Frame.Span[_random.Next(packet.Frame.Length)] ^= (byte)(1 << _random.Next(8));
        }
        if (_random.NextDouble() < options.Reordering && _heldCount < HeldMax)
        {
            ReorderedCount++;
            _held[_heldCount] = packet;
            _heldFor[_heldCount++] = _random.Next(1, HeldMax + 1);
            return;
        }
        burst[burst.Count++] = packet;
        for (int i = 0; i < _heldCount; i++)
        {
            _heldFor[i]--;
        }
    }

    private void ReleaseAll(PacketBurst burst, int room)
    {
        _heldFor.AsSpan().Clear();
        ReleaseDue(burst, room);
    }

    private void ReleaseDue(PacketBurst burst, int room)
    {
        int kept = 0;
        for (int i = 0; i < _heldCount; i++)
        {
            if (_heldFor[i] <= 0 && burst.Count < room)
            {
                burst[burst.Count++] = _held[i];
                continue;
            }
            _held[kept] = _held[i];
            _heldFor[kept++] = _heldFor[i];
        }
        _heldCount = kept;
    }
}
