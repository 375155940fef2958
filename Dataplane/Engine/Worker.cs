using Dataplane.Counters;
using Dataplane.Flows;
using Dataplane.Native.Memory;
using Dataplane.Packets;
using Dataplane.Ports;
using Dataplane.Stacks.Layer23;
using Dataplane.Time;

namespace Dataplane.Engine;

/// <summary>The main loop of one worker: receive, look up, stack, deliver, send, tick.</summary>
/// <remarks>
/// Three passes over a burst overlap the memory latency of its packets (architecture §2): parse and hash, and
/// ask for buckets; ask for flow lines; then handle packet by packet in arrival order. Nothing is allocated.
/// Threads: its own only. Everything it owns is touched by nobody else.
/// </remarks>
public sealed class Worker
{
    /// <summary>Packets asked for at once: more memory latency overlaps in a full burst than in one of 32, a
    /// fifth of the time of a look-up among 10⁶ flows (bench baseline).</summary>
    public const int BurstDefault = PacketBurst.CapacityMax;

    private readonly PacketBurst _burst = new();
    private readonly PacketBurst _outers = new();
    private readonly bool[] _hasOuter = new bool[PacketBurst.CapacityMax];
    private readonly PacketBytes[] _frames = new PacketBytes[PacketBurst.CapacityMax];
    private readonly FlowKey[] _keys = new FlowKey[PacketBurst.CapacityMax];
    private readonly DropReason[] _reasons = new DropReason[PacketBurst.CapacityMax];
    private readonly uint[] _guesses = new uint[PacketBurst.CapacityMax];
    private readonly PacketPath _path;
    private readonly Layer23Stack _layer23;
    private readonly PortPair[] _ports;
    private readonly Clock _clock;
    private readonly FlowTable _flows;
    private readonly FlowHash _hash;
    private readonly CounterBlock _counters;
    private readonly int _burstSize;

    /// <summary>A worker over its ports; <paramref name="burstSize"/> is 1 to 64.</summary>
    public Worker(
        PacketPath path, Layer23Stack layer23, PortPair[] ports, Clock clock, FlowHash hash,
        int burstSize = BurstDefault)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(burstSize,
            Math.Clamp(burstSize, 1, PacketBurst.CapacityMax));
        _path = path;
        _layer23 = layer23;
        _ports = ports;
        _clock = clock;
        _hash = hash;
        _flows = path.Flows;
        _counters = path.Counters;
        _burstSize = burstSize;
    }

    /// <summary>One round over all ports. Returns how many packets were handled.</summary>
    public int RunOnce()
    {
        _clock.BeginBurst();
        int handled = 0;
        foreach (PortPair pair in _ports)
        {
            handled += RunBurst(pair);
        }

        if (handled == 0)
        {
            _counters.EmptyPolls++;
        }

        _path.Tick();
        return handled;
    }

    /// <summary>True when no port will ever give a packet again.</summary>
    public bool Exhausted => Array.TrueForAll(_ports, p => p.Ingress.Exhausted);

    private int RunBurst(in PortPair pair)
    {
        int count = pair.Ingress.Receive(_burst, _burstSize);
        if (count == 0)
        {
            return 0;
        }

        ParseBurst(count);
        uint strangers = 0;
        for (int i = 0; i < count; i++)
        {
            uint hash = _burst[i].FlowHash;
            uint slot = _flows.PrefetchFlow(hash);
            _guesses[i] = slot;
            slot = slot == FlowTable.None ? _flows.PrefetchNew(hash, strangers++) : slot;
            _path.PrefetchHalves(slot);
        }

        for (int i = 0; i < count; i++)
        {
            ref Packet packet = ref _burst[i];
            _path.Reach(packet.TimestampNs);
            DropReason reason = _reasons[i];
            if (reason == DropReason.None && _hasOuter[i])
            {
                reason = HandleOuter(i);
            }

            if (reason == DropReason.None)
            {
                reason = _path.Handle(_burst, i, in _keys[i], _guesses[i]);
            }

            RestoreFrame(ref packet, i);
            Leave(ref packet, reason, in pair);
        }

        _counters.Bursts++;
        pair.Ingress.Flush();
        pair.Egress?.Flush();
        return count;
    }

    private void ParseBurst(int count)
    {
        _layer23.BeginBurst();
        for (int i = 0; i < count; i++)
        {
            _burst[i].Frame.Prefetch();
        }

        for (int i = 0; i < count; i++)
        {
            ref Packet packet = ref _burst[i];
            _hasOuter[i] = false;
            _frames[i] = packet.Frame;
            if (PacketParser.TryParseCommon(ref packet, out ulong addresses))
            {
                // Neither a fragment nor a tunnel: nothing for layers 2 and 3 to do.
                packet.WireEnd = packet.WireLength;
                _reasons[i] = DropReason.None;
                _hash.FillCommon(ref packet, addresses, ref _keys[i]);
                _flows.PrefetchBucket(packet.FlowHash);
                continue;
            }

            _reasons[i] = PacketParser.Parse(ref packet);
            if (packet.IpVersion != 0 && _reasons[i] == DropReason.None)
            {
                _reasons[i] = _layer23.Process(ref packet).Reason;
                NoteOuter(i);
                _hash.Fill(ref packet, ref _keys[i]);
                _flows.PrefetchBucket(packet.FlowHash);
            }
        }
    }

    // What leaves is the frame as it came, not the datagram that was rebuilt for inspection.
    private void RestoreFrame(ref Packet packet, int index)
    {
        if ((packet.Flags & PacketFlags.Reassembled) != 0)
        {
            packet.Frame = _frames[index];
            packet.WireLength = (uint)packet.Frame.Length;
        }
    }

    private void NoteOuter(int index)
    {
        if (_layer23.HasOuter)
        {
            _hasOuter[index] = true;
            _outers[index] = _layer23.Outer;
        }
    }

    // A tunnel is a flow of its own, with subscribers who may drop what it carries.
    private DropReason HandleOuter(int index)
    {
        FlowKey key = default;
        _hash.Fill(ref _outers[index], ref key);
        return _path.Handle(_outers, index, in key, FlowTable.None);
    }

    // The three doors: sent, dropped with a reason, or (listening) done with.
    private void Leave(ref Packet packet, DropReason reason, in PortPair pair)
    {
        _counters.Packets++;
        _counters.Bytes += packet.WireLength;
        if (reason != DropReason.None)
        {
            _counters.Drop(reason);
            pair.Ingress.Free(ref packet);
        }
        else if (pair.Egress is null)
        {
            pair.Ingress.Free(ref packet);
        }
        else if (Forward(ref packet, in pair))
        {
            _counters.Forwarded++;
        }
        else
        {
            _counters.Drop(DropReason.SendQueueFull);
        }
    }

    private static bool Forward(ref Packet packet, in PortPair pair)
    {
        if (pair.SharesPool)
        {
            return pair.Egress!.Send(ref packet);
        }
        bool sent = pair.Egress!.SendCopy(packet.Frame);
        pair.Ingress.Free(ref packet);
        return sent;
    }
}

/// <summary>A port and the one its packets leave by; null when the port only listens.</summary>
public readonly record struct PortPair(IPort Ingress, IPort? Egress)
{
    /// <summary>Both ports' packets lie in the same buffers, so that none need be copied.</summary>
    public bool SharesPool { get; } = Egress is not null && ReferenceEquals(Ingress.Pool, Egress.Pool);
}
