using System.Runtime.CompilerServices;
using Dataplane.Chains;
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
public sealed partial class Worker
{
    /// <summary>Packets asked for at once: more memory latency overlaps in a full burst than in one of 32, a
    /// fifth of the time of a look-up among 10⁶ flows (bench baseline).</summary>
    public const int BurstDefault = PacketBurst.CapacityMax;

    /// <summary>From so many flows on, their streams and what NFs keep of them are seldom in a cache: a
    /// packet would wait for each (bench scale).</summary>
    private const uint ManyFlows = 4_096;

    /// <summary>The first line of a frame was asked for before it was parsed; TCP options may lie in the
    /// second.</summary>
    private const int FirstLineBytes = 64;

    private readonly PacketBurst _burst = new();
    private readonly PacketBurst _outers = new();
    private readonly PacketAside[] _asides = new PacketAside[PacketBurst.CapacityMax];
    private readonly PacketBytes[] _frames = new PacketBytes[PacketBurst.CapacityMax];
    private readonly FlowKey[] _keys = new FlowKey[PacketBurst.CapacityMax];
    private readonly DropReason[] _reasons = new DropReason[PacketBurst.CapacityMax];
    private readonly uint[] _guesses = new uint[PacketBurst.CapacityMax];
    private readonly byte[] _owners = new byte[PacketBurst.CapacityMax];
    private readonly bool[] _isRaw = new bool[PacketBurst.CapacityMax];
    private readonly PacketPath _path;
    private readonly ChainRunner _runner;
    private readonly Layer23Stack _layer23;
    private readonly PortPair[] _ports;
    private readonly Clock _clock;
    private readonly FlowTable _flows;
    private readonly FlowHash _hash;
    private readonly CounterBlock _counters;
    private readonly int _burstSize;
    private readonly Rejections? _rejections;
    private readonly WorkerPeers? _peers;

    /// <summary>A worker over its ports; <paramref name="burstSize"/> is 1 to 64. Without
    /// <paramref name="peers"/> every flow is its own.</summary>
    public Worker(
        PacketPath path, Layer23Stack layer23, PortPair[] ports, Clock clock, FlowHash hash,
        int burstSize = BurstDefault, WorkerPeers? peers = null, Rejections? rejections = null)
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
        _peers = peers;
        _rejections = rejections;
        _runner = path.Runner;
        _runner.LeaveBy(this);
    }

    /// <summary>One round over all ports. Returns how many packets were handled.</summary>
    public int RunOnce()
    {
        _clock.BeginBurst();
        int handled = _peers is null ? 0 : ServePeers();
        handled += _runner.HasLanes ? ServeFunctions() : 0;
        for (int i = 0; i < _ports.Length; i++)
        {
            handled += RunBurst(in _ports[i], (byte)i);
        }

        if (handled == 0)
        {
            _counters.EmptyPolls++;
        }

        _path.Tick();
        return _runner.HasLanes ? handled + WakeFunctions() : handled;
    }

    /// <summary>True when no port will ever give a packet again.</summary>
    public bool Exhausted => Array.TrueForAll(_ports, p => p.Ingress.Exhausted) && !_runner.IsHolding;

    private int RunBurst(in PortPair pair, byte port)
    {
        if (IsClosing || (_peers is not null && !_peers.HasRoom()))
        {
            return 0;
        }

        int count = pair.Ingress.Receive(_burst, _burstSize);
        if (count == 0)
        {
            return 0;
        }

        ParseBurst(count);
        PrefetchFlows(count);
        for (int i = 0; i < count; i++)
        {
            DropReason reason;
            if (_peers is not null && _owners[i] != _peers.Number)
            {
                reason = PassOn(i);
                if (reason == DropReason.None)
                {
                    continue;
                }
            }
            else
            {
                reason = HandleOne(i);
            }

            ref Packet packet = ref _burst[i];
            Restore(ref packet, _frames[i]);
            if (!_runner.TryHold(ref packet, reason, port))
            {
                Leave(ref packet, reason, in pair);
            }
        }

        _counters.Bursts++;
        _peers?.Flush();
        pair.Ingress.Flush();
        pair.Egress?.Flush();
        return count;
    }

    private void PrefetchFlows(int count)
    {
        uint strangers = 0;
        for (int i = 0; i < count; i++)
        {
            uint hash = _burst[i].FlowHash;
            uint slot = _flows.PrefetchFlow(hash);
            _guesses[i] = slot;
            if (slot == FlowTable.None)
            {
                _ = _flows.PrefetchNew(hash, strangers++);
            }
            if (_burst[i].PayloadOffset > FirstLineBytes)
            {
                _burst[i].Frame.Prefetch(FirstLineBytes);
            }
        }

        if (strangers != 0)
        {
            PrefetchStrangers(count);
        }

        if (_path.HasHalves)
        {
            PrefetchHalves(count);
        }

        if (_flows.Count >= ManyFlows)
        {
            PrefetchBeside(count);
        }
    }

    /// <summary>Flows that are not where they are looked for first: new ones, and those of second
    /// choice.</summary>
    private void PrefetchStrangers(int count)
    {
        for (int i = 0; i < count; i++)
        {
            if (_guesses[i] == FlowTable.None)
            {
                _guesses[i] = _flows.PrefetchSecond(_burst[i].FlowHash);
            }
        }
    }

    /// <summary>Only the flow's entry, which has been asked for by now, says where its halves are.</summary>
    private void PrefetchHalves(int count)
    {
        for (int i = 0; i < count; i++)
        {
            if (_guesses[i] != FlowTable.None)
            {
                _path.PrefetchHalves(_guesses[i]);
            }
        }
    }

    /// <summary>What is kept of a flow beside its own lines, which have been asked for by now.</summary>
    private void PrefetchBeside(int count)
    {
        for (int i = 0; i < count; i++)
        {
            if (_guesses[i] != FlowTable.None)
            {
                _runner.PrefetchBeside(_guesses[i]);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private DropReason HandleOne(int index)
    {
        _path.Reach(_burst[index].TimestampNs);
        return _asides[index] == PacketAside.None
            ? _path.Handle(_burst, index, in _keys[index], _guesses[index])
            : HandleAside(index);
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
            _asides[i] = PacketAside.None;
            _frames[i] = packet.Frame;
            if (PacketParser.TryParseCommon(ref packet, out ulong addresses))
            {
                // Neither a fragment nor a tunnel: nothing for layers 2 and 3 to do.
                packet.WireEnd = packet.WireLength;
                _reasons[i] = DropReason.None;
                _hash.FillCommon(ref packet, addresses, ref _keys[i]);
                _flows.PrefetchBucket(packet.FlowHash);
                if (_peers is not null)
                {
                    _owners[i] = _peers.Mesh.Owner.Of(packet.FlowHash);
                    _isRaw[i] = false;
                }

                continue;
            }

            ParseOne(i, isPassedOn: false);
        }
    }

    // Whatever is not common. Fragments and tunnels are looked into by one worker each, which may not be us.
    private void ParseOne(int index, bool isPassedOn)
    {
        ref Packet packet = ref _burst[index];
        byte self = _peers?.Number ?? 0;
        (_owners[index], _isRaw[index], _asides[index]) = (self, false, PacketAside.None);
        _reasons[index] = PacketParser.Parse(ref packet);
        if (_reasons[index] != DropReason.None)
        {
            _asides[index] = PacketAside.Stray;
            return;
        }

        if (packet.IpVersion == 0)
        {
            return;
        }

        if (_peers is not null && !isPassedOn && !_peers.Mesh.HasOneReceiver)
        {
            _owners[index] = FirstOwner(ref packet, index);
            _isRaw[index] = _owners[index] != self;
            if (_isRaw[index])
            {
                return;
            }
        }

        bool isFragment = (packet.Flags & PacketFlags.Fragment) != 0;
        bool isDoubtful = _runner.HearsStrays && DoubtOf(in packet) != DropReason.None;
        _reasons[index] = _layer23.Process(ref packet).Reason;
        NoteAside(index, isFragment, isDoubtful);
        _hash.Fill(ref packet, ref _keys[index]);
        _flows.PrefetchBucket(packet.FlowHash);
        if (_peers is not null && _reasons[index] == DropReason.None
            && (packet.Flags & PacketFlags.Fragment) == 0)
        {
            _owners[index] = _peers.Mesh.Owner.Of(in packet);
        }
    }

    // What leaves is the frame as it came, not the datagram that was rebuilt for inspection.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Restore(ref Packet packet, PacketBytes frame)
    {
        if ((packet.Flags & PacketFlags.Reassembled) != 0)
        {
            packet.Flags &= ~PacketFlags.Reassembled;
            packet.Frame = frame;
            packet.WireLength = (uint)frame.Length;
        }
    }

    // The three doors: sent, dropped with a reason, or (listening) done with.
    private void Leave(ref Packet packet, DropReason reason, in PortPair pair)
    {
        Count(in packet, reason);
        if (reason == DropReason.NfRejectFlow)
        {
            _rejections?.Tell(in packet, in pair);
        }

        if (reason != DropReason.None || pair.Egress is null)
        {
            pair.Ingress.Free(ref packet);
        }
        else
        {
            Note(Forward(ref packet, in pair));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Count(ref readonly Packet packet, DropReason reason)
    {
        _counters.Packets++;
        _counters.Bytes += packet.WireLength;
        if (reason != DropReason.None)
        {
            _counters.Drop(reason);
        }
    }

    private void Note(bool isSent)
    {
        if (isSent)
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
