using Dataplane.Events;
using Dataplane.Flows;
using Dataplane.Native.Memory;
using Dataplane.Packets;

namespace Dataplane.Chains.Parallel;

/// <content>The NF's side: one thread at a time.</content>
internal sealed partial class NfLane
{
    /// <summary>What an NF may say about one packet; more is lost and counted.</summary>
    public const int SaidPerVisitMax = 128;

    private readonly INetworkFunction _nf;
    private readonly Memory<Link?> _handlers;
    private readonly Memory<ulong> _delivered;
    private readonly IReadOnlyList<IPerFlow> _perFlow;
    private readonly NativeArray<LaneFlow> _flows;
    private readonly FaultLog _faults = new();
    private readonly LaneContext _context;
    private readonly bool _keepsState;
    private LaneItem _item;
    private LaneSaid _said;
    private ulong _off;
    private ulong _viewOf;
    private ulong _progress;
    private ushort _items;
    private ushort _saidCount;
    private Verdict _verdict;
    private bool _isFailed;
    private bool _isLeft;

    /// <summary>The NF hung and was left: if it ever returns, the packets behind its event are others' again,
    /// and its rings may be gone.</summary>
    public bool IsLeft
    {
        get => Volatile.Read(ref _isLeft);
        set => Volatile.Write(ref _isLeft, value);
    }

    /// <summary>Odd while the NF handles an event; grows with each.</summary>
    public ulong Progress => Volatile.Read(ref _progress);

    /// <summary>Exceptions it threw.</summary>
    public ulong FaultCount => _faults.Count;

    /// <summary>What it said beyond <see cref="SaidPerVisitMax"/>.</summary>
    public ulong SaidLostCount { get; private set; }

    public ulong LoopCutCount { get; private set; }

    public ulong RecordLostCount { get; private set; }

    internal ref LaneItem Item => ref _item;

    internal ref HeldPacket Packet => ref Held[_item.Held];

    /// <summary>Handles all events of one packet and answers; false when there is nothing to do, or no room
    /// for what the NF might say.</summary>
    public bool Step()
    {
        if (IsLeft || Said.Capacity - Said.Count < SaidPerVisitMax || !Items.TryDequeue(out _item))
        {
            return false;
        }

        (_items, _saidCount, _verdict) = (0, 0, Verdict.Pass);
        if (_item.Word is LaneWord.Tick or LaneWord.Renewed)
        {
            TakeWord();
            Answers.TryEnqueue(new LaneAnswer(LaneAnswer.NoPacket, 1, _saidCount, Verdict.Pass));
            return true;
        }

        Begin();
        while (true)
        {
            _items++;
            Hand();
            if (IsLeft)
            {
                return false;
            }

            if (_item.Word == LaneWord.LastEvent)
            {
                break;
            }

            Items.TryDequeue(out _item);
        }

        Answers.TryEnqueue(new LaneAnswer(_item.Held, _items, _saidCount, _verdict));
        return true;
    }

    internal bool IsOn(ulong links)
    {
        ref LaneFlow flow = ref _flows[_item.Record.Flow.Slot];
        return (((Packet.Flow.LinkMask & ~flow.Off) | flow.On) & links) != 0;
    }

    internal void Publish<T>(in T body, ReadOnlySpan<byte> sideBlock, EventFlags more = EventFlags.None)
        where T : unmanaged, IEvent
    {
        if (!Function.Manifest.MayPublish(EventType<T>.Id))
        {
            throw new InvalidOperationException(
                $"{Function.Manifest.Kind} publishes {typeof(T).Name} but does not declare "
                + $"IPublish<{typeof(T).Name}>.");
        }

        if (_item.Record.Hops >= EventRecord.HopsMax)
        {
            LoopCutCount++;
            return;
        }

        _said.Record = _item.Record;
        _said.Record.TypeId = EventType<T>.Id;
        _said.Record.Publisher = Function.Index;
        _said.Record.Defined = 0;
        _said.Record.Hops++;
        _said.Record.Cause = (uint)_item.Record.EventNumber;
        _said.Record.Flags = more
            | (EventFlags)((ushort)_item.Record.Sender | ((ushort)Side.None << 2));
        _said.Record.Body = default;
        Reinterpret.As<EventBody, T>(ref _said.Record.Body) = body;
        sideBlock = sideBlock[..Math.Min(sideBlock.Length, EventBus.SideBlockMax)];
        sideBlock.CopyTo(_said.Side);
        _said.SideLength = (ushort)sideBlock.Length;
        Say(SaidWord.Published, 0);
    }

    internal ulong SwitchOn(ulong links)
    {
        if ((links & ~Function.SwitchesOn) != 0)
        {
            throw new InvalidOperationException(
                $"{Function.Manifest.Kind} switches a subscription on that neither begins switched off nor "
                + "is named in its profile's SwitchesOn; on another core it must be.");
        }

        ref LaneFlow flow = ref _flows[_item.Record.Flow.Slot];
        links = Owner.Chain.Fitting(links, in Packet.Key);
        flow.Off &= ~links;
        flow.On |= links;
        _off &= ~links;
        Say(SaidWord.SwitchedOn, links);
        return Packet.LastEventNumber;
    }

    internal ulong SwitchOff(ulong links)
    {
        ref LaneFlow flow = ref _flows[_item.Record.Flow.Slot];
        if ((links & ~flow.Off) != 0)
        {
            flow.Off |= links;
            flow.On &= ~links;
            Say(SaidWord.SwitchedOff, links);
        }

        return Packet.LastEventNumber;
    }

    internal bool Write<T>(in T record, ReadOnlySpan<byte> tail)
        where T : unmanaged, IRecord
    {
        bool isWritten = Records.Write(Function, in record, tail);
        RecordLostCount += isWritten ? 0UL : 1;
        return isWritten;
    }

    private void Say(SaidWord word, ulong links)
    {
        if (_saidCount == SaidPerVisitMax)
        {
            SaidLostCount++;
            return;
        }

        (_said.Word, _said.Links, _said.Cause) = (word, links, _item.Index);
        Said.TryEnqueue(in _said);
        _saidCount++;
    }

    /// <summary>A flow that is new in its slot begins with nothing kept of it.</summary>
    private void Begin()
    {
        if (_item.Record.Flow == FlowId.None)
        {
            _off = 0;
            return;
        }

        // A packet's later events go by what was on when its first one came, as those queued already do on
        // one core.
        ref LaneFlow flow = ref FlowOf(in _item.Record);
        ulong packet = Packet.LastEventNumber;
        _off = packet == _viewOf ? _off : flow.Off;
        _viewOf = packet;
    }

    private ref LaneFlow FlowOf(ref readonly EventRecord record)
    {
        uint slot = record.Flow.Slot;
        ref LaneFlow flow = ref _flows[slot];
        if (flow.Generation != record.Generation)
        {
            flow = new LaneFlow { Generation = record.Generation };
            Clear(slot);
        }

        return ref flow;
    }

    private void Clear(uint slot)
    {
        for (int i = 0; i < _perFlow.Count; i++)
        {
            _perFlow[i].Clear(slot);
        }
    }

    private void Hand()
    {
        // What was queued before the NF switched itself off is dropped here, as it would never have been sent
        // had the NF been on the worker.
        if (_isFailed || (_item.Wanted & ~_off) == 0)
        {
            return;
        }

        _delivered.Span[_item.Record.TypeId]++;
        Volatile.Write(ref _progress, _progress + 1);
        try
        {
            Verdict verdict = _handlers.Span[_item.Record.TypeId]!.Deliver(in _item.Record, _context);
            Judge(verdict);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            Contain(error);
        }

        Volatile.Write(ref _progress, _progress + 1);
    }

    private void Judge(Verdict verdict)
    {
        if (verdict is Verdict.DropPacket or Verdict.Modified && Duty != LaneDuty.None)
        {
            throw new InvalidOperationException(
                $"{Function.Manifest.Kind} answered {verdict} on another core, where only Pass and DropFlow "
                + "can be obeyed; its profile must say that it drops single packets or changes them.");
        }

        _verdict = verdict > _verdict ? verdict : _verdict;
    }

    private void TakeWord()
    {
        if (_item.Word == LaneWord.Renewed)
        {
            ref LaneFlow flow = ref FlowOf(in _item.Record);
            (flow.Off, flow.On) = (0, 0);
            return;
        }

        Volatile.Write(ref _progress, _progress + 1);
        try
        {
            ((ITick)_nf).Tick(_item.Record.TimeNs);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            Contain(error);
        }

        Volatile.Write(ref _progress, _progress + 1);
    }

    private void Contain(Exception error)
    {
        if (!_faults.Note(_item.Record.TimeNs))
        {
            return;
        }

        _isFailed = true;
        byte[] text = System.Text.Encoding.UTF8.GetBytes($"{error.GetType().Name}: {error.Message}");
        int length = Math.Min(text.Length, EventBus.SideBlockMax);
        text.AsSpan(0, length).CopyTo(_said.Side);
        _said.SideLength = (ushort)length;
        Say(SaidWord.Failed, (uint)error.HResult);
    }

    /// <summary>What a lane knows of a flow.</summary>
    private struct LaneFlow
    {
        /// <summary>Links that the NF switched off, and on, since the worker last set them.</summary>
        public ulong Off;
        public ulong On;
        public uint Generation;
    }
}
