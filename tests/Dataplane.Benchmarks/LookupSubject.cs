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
        _table = new FlowTable(flowMax, MemoryPages.Huge);
        _ = Run();
    }

    /// <summary>Flows in the table.</summary>
    public uint FlowCount => _table.Count;

    /// <summary>Parses and hashes only.</summary>
    public long Parse()
    {
        for (int start = 0; start < _frames.Frames.Length; start += _burstSize)
        {
            ParseBurst(_frames.Load(_burst, start, _burstSize));
        }

        return _frames.Frames.Length;
    }

    /// <summary>One pass over all frames; answers how many there were.</summary>
    public long Run()
    {
        for (int start = 0; start < _frames.Frames.Length; start += _burstSize)
        {
            int count = _frames.Load(_burst, start, _burstSize);
            ParseBurst(count);
            for (int i = 0; i < count; i++)
            {
                _guesses[i] = _table.PrefetchFlow(_burst[i].FlowHash);
            }

            for (int i = 0; i < count; i++)
            {
                Update(ref _burst[i], in _keys[i], _guesses[i]);
            }
        }

        return _frames.Frames.Length;
    }

    public void Dispose() => _table.Dispose();

    private void ParseBurst(int count)
    {
        for (int i = 0; i < count; i++)
        {
            _burst[i].Frame.Prefetch();
        }

        for (int i = 0; i < count; i++)
        {
            ref Packet packet = ref _burst[i];
            _ = PacketParser.Parse(ref packet);
            _hash.Fill(ref packet, out _keys[i]);
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
        flow.ClientNext = packet.Sequence;
        flow.Count(flow.SenderOf(forward), packet.WireLength);
    }
}
