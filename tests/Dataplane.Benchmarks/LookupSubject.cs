using Dataplane.Flows;
using Dataplane.Native.Memory;
using Dataplane.Packets;

namespace Dataplane.Benchmarks;

/// <summary>Parse, hash, look up in three prefetching passes, update the flow's 64-byte line: ours,
/// as in Worker.</summary>
public sealed class LookupSubject : IDisposable
{
    private readonly FrameSet _frames;
    private readonly FlowTable _table;
    private readonly PacketBurst _burst = new();
    private readonly FlowKey[] _keys = new FlowKey[PacketBurst.CapacityMax];
    private readonly uint[] _guesses = new uint[PacketBurst.CapacityMax];
    private readonly FlowHash _hash = FlowHash.Fixed;
    private readonly int _burstSize;

    /// <summary>A table with a flow for each 5-tuple of the frames.</summary>
    public LookupSubject(FrameSet frames, uint flowMax, int burstSize)
    {
        (_frames, _burstSize) = (frames, burstSize);
        _table = new FlowTable(flowMax, _hash, MemoryPages.Huge);
        _ = Run();
    }

    /// <summary>Flows in the table.</summary>
    public uint FlowCount => _table.Count;

    /// <summary>Parses and hashes only.</summary>
    public long Parse()
    {
        for (int start = 0; start < _frames.Frames.Length; start += _burstSize)
        {
            _ = _frames.Load(_burst, start, _burstSize);
            ParseBurst();
        }

        return _frames.Frames.Length;
    }

    /// <summary>One pass over all frames; answers how many there were.</summary>
    public long Run()
    {
        for (int start = 0; start < _frames.Frames.Length; start += _burstSize)
        {
            _ = _frames.Load(_burst, start, _burstSize);
            ParseBurst();
            Span<Packet> packets = _burst.Packets;
            Span<uint> guesses = _guesses.AsSpan(0, packets.Length);
            for (int i = 0; i < packets.Length; i++)
            {
                guesses[i] = _table.PrefetchFlow(packets[i].FlowHash);
            }

            Span<FlowKey> keys = _keys.AsSpan(0, packets.Length);
            for (int i = 0; i < packets.Length; i++)
            {
                Update(ref packets[i], in keys[i], guesses[i]);
            }
        }

        return _frames.Frames.Length;
    }

    public void Dispose() => _table.Dispose();

    private void ParseBurst()
    {
        Span<Packet> packets = _burst.Packets;
        foreach (ref Packet packet in packets)
        {
            packet.Frame.Prefetch();
        }

        Span<FlowKey> keys = _keys.AsSpan(0, packets.Length);
        for (int i = 0; i < packets.Length; i++)
        {
            ref Packet packet = ref packets[i];
            if (PacketParser.TryParseCommon(ref packet, out ulong addresses))
            {
                _hash.FillCommon(ref packet, addresses, ref keys[i]);
            }
            else
            {
                _ = PacketParser.Parse(ref packet);
                _hash.Fill(ref packet, ref keys[i]);
            }

            _table.PrefetchBucket(packet.FlowHash);
        }
    }

    private void Update(ref Packet packet, in FlowKey key, uint guess)
    {
        uint slot = _table.Find(in key, packet.FlowHash, guess, out bool forward);
        if (slot == FlowTable.None)
        {
            slot = _table.Create(in key, packet.FlowHash);
        }

        ref FlowEntry flow = ref _table[slot];
        flow.LastSeenMs++;
        flow.Pair = packet.Sequence;
        flow.Count(flow.SenderOf(forward), packet.WireLength);
    }
}
