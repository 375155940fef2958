using System.Runtime.CompilerServices;
using Dataplane.Contract.Configuration;
using Dataplane.Counters;
using Dataplane.Events;
using Dataplane.Flows;
using Dataplane.Native.Memory;
using Dataplane.Packets;

namespace Dataplane.Stacks.TcpMonitor;

/// <summary>Follows both halves of TCP connections without taking part,
/// as deep as each flow's depth asks.</summary>
/// <remarks>
/// Runs on the worker that owns the flow, so it locks nothing. For each packet:
/// <see cref="Process"/> updates and
/// collects, the chain's runner delivers, then <see cref="Commit"/> or, when the packet is dropped,
/// <see cref="Undo"/>. Nothing is allocated after construction.
/// </remarks>
public sealed partial class TcpMonitorStack : IFlowStreams, IDisposable
{
    private readonly EventBus _bus;
    private readonly FlowTable _flows;
    private readonly TcpPairs _pairs;
    private readonly StreamReassembler _reassembler;

    // Of the packet between Process and Commit.
    private TcpHalf _senderBefore;
    private TcpHalf _receiverBefore;
    private TcpStream _sentBefore;
    private TcpStream _otherBefore;
    private FlowFlags _flagsBefore;
    private TcpSegment _segment;
    private TcpOptions _synOptions; // of a packet with SYN
    private uint _sentStream;
    private uint _otherStream;
    private bool _canUndo;
    private bool _mustCommit;
    private uint _stampRttUs;
    private IFlowRenewal? _renewal;
    private TcpSettings _settings = new();
    private bool _looksIntoAll;

    public TcpMonitorStack(
        EventBus bus, FlowTable flows, uint followedMax, StreamSettings settings,
        MemoryPages pages = MemoryPages.Normal)
    {
        (_bus, _flows) = (bus, flows);
        _pairs = new TcpPairs(followedMax, pages);
        _reassembler = new StreamReassembler(bus, settings, pages);
    }

    /// <summary>The streams: counters for statistics.</summary>
    public StreamReassembler Streams => _reassembler;

    /// <summary>Segments that their receiver does not take.</summary>
    public ulong RefusedCount { get; private set; }

    /// <summary>Segments dropped because they contradict bytes that passed before.</summary>
    public ulong InconsistentDropCount { get; private set; }

    /// <summary>The halves of the flows that are followed: counters for statistics.</summary>
    public TcpPairs Pairs => _pairs;

    /// <summary>One half of a flow; valid while the flow has <see cref="FlowFlags.HalvesValid"/>, of an
    /// embryonic flow until another is asked for.</summary>
    public ref TcpHalf this[uint slot, Side side] => ref _pairs[PairOf(in _flows[slot], slot), side];

    /// <summary>Says who sets links and depth anew when a new connection begins on an old 5-tuple.</summary>
    public void RenewBy(IFlowRenewal renewal) => _renewal = renewal;

    /// <summary>Judges segments by these settings from now on; called between bursts.</summary>
    public void Use(TcpSettings settings)
    {
        _settings = settings;
        _looksIntoAll = settings.LooksIntoAll;
        _reassembler.DepthBytes = settings.StreamDepth;
    }

    /// <inheritdoc/>
    public void PrefetchStreams(uint slot)
    {
        ref readonly FlowEntry flow = ref _flows[slot];
        if (HoldsPair(in flow))
        {
            _reassembler.Prefetch(_pairs[flow.Pair, Side.Client].ReceiveStream);
            _reassembler.Prefetch(_pairs[flow.Pair, Side.Server].ReceiveStream);
        }
    }

    /// <summary>Asks for the two lines of a flow's halves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(ref readonly FlowEntry flow) =>
        _pairs.Prefetch(HoldsPair(in flow) ? flow.Pair : TcpPairs.Staging);

    /// <summary>Takes a TCP packet of a known flow in; collects what its subscribers want to hear.</summary>
    /// <remarks>Packet.Sender must be set; it may be turned when a new connection begins the other way
    /// round.</remarks>
    public StackResult Process(ref Packet packet, ref FlowEntry flow, uint slot)
    {
        _segment = TcpSegment.From(in packet);
        _sentStream = _otherStream = StreamReassembler.None;
        _canUndo = _mustCommit = false;
        TcpFindings odd = _segment.HasSyn ? MeetSyn(ref packet, ref flow, slot) : TcpFindings.None;
        if (flow.Depth == StackDepth.Bypass)
        {
            if (odd == TcpFindings.None)
            {
                Watch(ref packet, ref flow, slot);
            }
            return StackResult.Continue;
        }
        if (_segment.HasSyn)
        {
            TcpOptions.Read(in packet, out _synOptions);
        }
        return (flow.Flags & FlowFlags.HalvesValid) == 0
            ? Begin(ref packet, ref flow, slot, odd)
            : Follow(ref packet, ref flow, slot, odd);
    }

    /// <summary>Takes a packet of a flow that has halves in.</summary>
    private StackResult Follow(ref Packet packet, ref FlowEntry flow, uint slot, TcpFindings odd)
    {
        ref TcpHalf sender = ref _pairs[flow.Pair, packet.Sender];
        ref TcpHalf receiver = ref _pairs[flow.Pair, packet.Sender.Other()];
        bool hasGate = (flow.LinkMask & _bus.PlanOf(flow.Plan).GateMask) != 0;
        if (hasGate)
        {
            _canUndo = true;
            (_senderBefore, _receiverBefore, _flagsBefore) = (sender, receiver, flow.Flags);
        }
        odd |= Check(in packet, ref flow, ref sender, ref receiver);
        bool isRefused = (odd & TcpFindings.Refused) != 0
            && (_settings.IsStrict || (odd & TcpFindings.BadChecksum) != 0);
        TcpStep step;
        if (isRefused)
        {
            StandStill(odd, in sender, in receiver, out step);
        }
        else
        {
            TcpTracker.Advance(ref sender, ref receiver, in _segment, out step, _settings.IsStrict);
            if (odd != TcpFindings.None)
            {
                Add(odd, ref step);
            }
            if ((step.Findings & (TcpFindings.AnyRetransmission | TcpFindings.DuplicateAck)) != 0)
            {
                LookCloser(in packet, ref sender, ref step);
            }
        }
        return (step.Findings & TcpFindings.Refused) != 0
            ? Refuse(ref packet, ref flow, slot, in step, isRefused || _settings.IsStrict)
            : Take(ref packet, ref flow, slot, in step, ref sender, ref receiver, hasGate);
    }

    /// <summary>The step of a segment that changes nothing.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void StandStill(
        TcpFindings odd, ref readonly TcpHalf sender, ref readonly TcpHalf receiver, out TcpStep step) =>
        step = new TcpStep(odd, sender.State, receiver.State, _segment.Sequence, 0, 0);

    /// <summary>What was found before the numbers were looked at.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Add(TcpFindings odd, ref TcpStep step)
    {
        uint sampleUs = (odd & TcpFindings.ByTimestamp) != 0 ? _stampRttUs : step.RoundTripUs;
        step = step with { Findings = step.Findings | odd, RoundTripUs = sampleUs };
    }

    /// <summary>What the receiver takes: halves have moved, now streams do.</summary>
    private StackResult Take(
        ref Packet packet, ref FlowEntry flow, uint slot, in TcpStep step, ref TcpHalf sender,
        ref TcpHalf receiver, bool hasGate)
    {
        if (_segment.HasSyn)
        {
            TakeSyn(ref sender, ref receiver);
        }
        Note(ref flow, packet.Sender, in sender, in receiver);
        bool contradicts = MayContradict(in step, in receiver)
            && HasContradiction(in packet, in flow, slot, in step, in receiver);
        if (contradicts && hasGate && _settings.DropsInconsistent)
        {
            InconsistentDropCount++;
            Undo(ref packet, ref flow, slot);
            return StackResult.Drop(DropReason.SegmentInconsistent);
        }

        // INCONSISTENT is a REXMIT: whoever hears it need not hear the plain one of the same half.
        TcpFindings said = contradicts ? TcpFindings.AnyRetransmission : TcpFindings.None;
        if (IsHeard(in flow, in step, in sender, in receiver))
        {
            Publish(in packet, in flow, slot, in step, packet.Sender);
            Publish(in packet, in flow, slot, in step, packet.Sender.Other(), said);
        }
        if (hasGate && _settings.Urgent == UrgentRule.Drop && (step.Findings & TcpFindings.Urgent) != 0)
        {
            Undo(ref packet, ref flow, slot);
            return StackResult.Drop(DropReason.UrgentData);
        }
        if ((flow.Depth & (StackDepth.ClientStream | StackDepth.ServerStream)) != 0)
        {
            MoveStreams(ref packet, ref flow, slot, ref sender, ref receiver, step.Distance);
        }
        return StackResult.Continue;
    }

    /// <summary>What the receiver does not take is told of, and its bytes are none of the stream's.</summary>
    private StackResult Refuse(
        ref Packet packet, ref FlowEntry flow, uint slot, in TcpStep step, bool changedNothing)
    {
        RefusedCount++;
        if (!changedNothing)
        {
            Note(ref flow, packet.Sender, in _pairs[flow.Pair, packet.Sender],
                in _pairs[flow.Pair, packet.Sender.Other()]);
        }
        Publish(in packet, in flow, slot, in step, packet.Sender);
        Publish(in packet, in flow, slot, in step, packet.Sender.Other());
        bool isDropped = (step.Findings & TcpFindings.BadChecksum) != 0
            && _settings.Checksums == ChecksumRule.Drop;
        return isDropped ? StackResult.Drop(DropReason.TcpBadChecksum) : StackResult.Continue;
    }

    /// <summary>The packet goes on: stores what it brought ahead of its turn.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Commit(ref Packet packet)
    {
        _canUndo = false;
        if (_mustCommit)
        {
            CommitStreams(ref packet);
        }
        // Else everything came in its turn, so nothing has to be stored or freed.
    }

    private void CommitStreams(ref Packet packet)
    {
        if (_sentStream != StreamReassembler.None)
        {
            PacketBytes payload = _segment.HasReset ? default : packet.Payload;
            _reassembler.Commit(_sentStream, in _segment, payload);
        }
        if (_otherStream != StreamReassembler.None)
        {
            _reassembler.Commit(_otherStream, in _segment, default);
        }
    }

    /// <summary>The packet is dropped: the update is taken back,
    /// so that a retransmission is judged again.</summary>
    public void Undo(ref Packet packet, ref FlowEntry flow, uint slot)
    {
        if (!_canUndo)
        {
            Commit(ref packet);
            return;
        }
        _canUndo = false;
        if (_sentStream != StreamReassembler.None)
        {
            _reassembler.Undo(_sentStream, in _sentBefore);
        }
        if (_otherStream != StreamReassembler.None)
        {
            _reassembler.Undo(_otherStream, in _otherBefore);
        }
        if (!HoldsPair(in flow))
        {
            // Its subscribers gave the halves up meanwhile, or its first SYN is as if it had not come.
            Release(ref flow, slot);
            flow.Flags = _flagsBefore & ~FlowFlags.HalvesValid;
            return;
        }
        ref TcpHalf sender = ref _pairs[flow.Pair, packet.Sender];
        ref TcpHalf receiver = ref _pairs[flow.Pair, packet.Sender.Other()];
        (_senderBefore.ReceiveStream, _receiverBefore.ReceiveStream) =
            (sender.ReceiveStream, receiver.ReceiveStream);
        (sender, receiver) = (_senderBefore, _receiverBefore);
        flow.Flags = _flagsBefore;
    }

    /// <inheritdoc/>
    public int CopyKept(uint slot, Side side, ulong from, ulong to, Span<byte> target)
    {
        uint number = StreamOf(slot, side);
        return number == StreamReassembler.None
            ? 0
            : _reassembler.Keeper.Copy(in _reassembler[number], from, to, target);
    }

    public void Dispose()
    {
        _pairs.Dispose();
        _reassembler.Dispose();
    }

    /// <summary>Bypass: only the flags that end or renew the flow, on its first line (engine §4).</summary>
    private void Watch(ref readonly Packet packet, ref FlowEntry flow, uint slot)
    {
        if (!_segment.IsControl)
        {
            return;
        }
        if (_segment.HasSyn)
        {
            uint own = _segment.Sequence + 1;
            bool isClient = packet.Sender == Side.Client;
            uint other = _segment.Acknowledgment;
            ref FlowNumbers numbers = ref _flows.NumbersOf(slot);
            numbers.ClientNext = isClient ? own : _segment.HasAck ? other : numbers.ClientNext;
            numbers.ServerNext = !isClient ? own : _segment.HasAck ? other : numbers.ServerNext;
        }
        NoteFlags(ref flow, packet.Sender);
    }

    private void TakeSyn(ref TcpHalf sender, ref TcpHalf receiver)
    {
        TcpTracker.TakeOptions(ref sender, ref receiver, in _synOptions, in _segment);
        if (receiver.ReceiveStream != StreamReassembler.None)
        {
            _reassembler.Rebase(receiver.ReceiveStream, _segment.Sequence + 1);
        }
    }

    private void Note(ref FlowEntry flow, Side side, ref readonly TcpHalf sender,
        ref readonly TcpHalf receiver)
    {
        int client = (int)(side == Side.Client ? sender.State : receiver.State);
        int server = (int)(side == Side.Client ? receiver.State : sender.State);
        flow.TcpStates = (byte)(client | (server << 4));
        if (_segment.IsControl)
        {
            NoteFlags(ref flow, side);
        }
    }

    private void NoteFlags(ref FlowEntry flow, Side side)
    {
        FlowFlags flags = FlowFlags.None;
        flags |= _segment.IsConnect ? FlowFlags.SynSeen : 0;
        flags |= _segment.IsAccept ? FlowFlags.SynAckSeen : 0;
        bool isClosed = !_settings.IsStrict || (flow.Flags & FlowFlags.HalvesValid) == 0
            || flow.TcpStates == 0;
        flags |= _segment.HasReset && isClosed ? FlowFlags.ResetSeen : 0;
        flags |= _segment.HasFin ? side == Side.Client ? FlowFlags.ClientFin : FlowFlags.ServerFin : 0;
        flow.Flags |= flags;
        if (_segment.HasSyn)
        {
            flow.Flags &= ~FlowFlags.Midstream;
        }
    }
}
