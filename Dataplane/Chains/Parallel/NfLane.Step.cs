using System.Runtime.InteropServices;
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
    private readonly IReadOnlyList<PerFlow> _perFlow;
    private readonly NativeArray<LaneFlow> _flows;
    private readonly FaultLog _faults = new();
    private readonly LaneContext _context;
    private readonly bool _keepsState;
    private LaneWork _work;
    private bool _isLeft;

    /// <inheritdoc/>
    /// <remarks>The packets behind its event are others' again then, and its rings may be gone.</remarks>
    public bool IsLeft
    {
        get => Volatile.Read(ref _isLeft);
        set => Volatile.Write(ref _isLeft, value);
    }

    /// <summary>Odd while the NF handles an event; grows with each.</summary>
    public ulong Progress => Volatile.Read(ref _work.Progress);

    /// <summary>Exceptions it threw, and the last one.</summary>
    public ulong FaultCount => _faults.Count;

    public string LastFault => _faults.Last;

    /// <summary>What it said beyond <see cref="SaidPerVisitMax"/>.</summary>
    public ulong SaidLostCount { get; private set; }

    public ulong LoopCutCount { get; private set; }

    public ulong RecordLostCount { get; private set; }

    internal ref LaneItem Item => ref _work.Item;

    internal ref HeldView Packet => ref Held[_work.Item.Held].View;

    /// <inheritdoc/>
    public bool Step()
    {
        if (IsLeft || Said.Capacity - Said.Count < SaidPerVisitMax || !Items.TryDequeue(out _work.Item))
        {
            return false;
        }

        (_work.ItemCount, _work.SaidCount, _work.Verdict) = (0, 0, Verdict.Pass);
        if (_work.Item.Word is LaneWord.Tick or LaneWord.Renewed)
        {
            TakeWord();
            Answers.TryEnqueue(new LaneAnswer(LaneAnswer.NoPacket, 1, _work.SaidCount, Verdict.Pass));
            return true;
        }

        Begin();
        while (true)
        {
            _work.ItemCount++;
            Hand();
            if (IsLeft)
            {
                return false;
            }

            if (_work.Item.Word == LaneWord.LastEvent)
            {
                break;
            }

            Items.TryDequeue(out _work.Item);
        }

        Answers.TryEnqueue(new LaneAnswer(_work.Item.Held, _work.ItemCount, _work.SaidCount, _work.Verdict));
        return true;
    }

    internal bool IsOn(ulong links)
    {
        ref LaneFlow flow = ref _flows[_work.Item.Record.Flow.Slot];
        return (((_work.Item.LinkMask & ~flow.Off) | flow.On) & links) != 0;
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

        if (_work.Item.Record.Hops >= EventRecord.HopsMax)
        {
            LoopCutCount++;
            return;
        }

        _work.Said.Record = _work.Item.Record;
        _work.Said.Record.TypeId = EventType<T>.Id;
        _work.Said.Record.Publisher = Function.Index;
        _work.Said.Record.Defined = 0;
        _work.Said.Record.Hops++;
        _work.Said.Record.Cause = (uint)_work.Item.Record.EventNumber;
        _work.Said.Record.Flags = more
            | (EventFlags)((ushort)_work.Item.Record.Sender | ((ushort)Side.None << 2));
        _work.Said.Record.Body = default;
        Reinterpret.As<EventBody, T>(ref _work.Said.Record.Body) = body;
        sideBlock = sideBlock[..Math.Min(sideBlock.Length, EventBus.SideBlockMax)];
        sideBlock.CopyTo(_work.Said.Side);
        _work.Said.SideLength = (ushort)sideBlock.Length;
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

        ref LaneFlow flow = ref _flows[_work.Item.Record.Flow.Slot];
        links = Owner.Chain.Fitting(links, in Packet.Key);
        if ((links & flow.Left) != 0 && !Function.Manifest.Profile.ComesBack)
        {
            throw new InvalidOperationException(
                $"{Function.Manifest.Kind} switches a subscription on again that it had left for the flow; "
                + "its profile must say that it comes back.");
        }

        flow.Off &= ~links;
        flow.On |= links;
        _work.Off &= ~links;
        Switch(ref flow, SaidWord.SwitchedOn, links);
        return Packet.LastEventNumber;
    }

    internal ulong SwitchOff(ulong links)
    {
        ref LaneFlow flow = ref _flows[_work.Item.Record.Flow.Slot];
        if ((links & ~flow.Off) != 0)
        {
            flow.Off |= links;
            flow.On &= ~links;
            flow.Left |= links;
            Switch(ref flow, SaidWord.SwitchedOff, links);
        }

        return Packet.LastEventNumber;
    }

    private void Switch(ref LaneFlow flow, SaidWord word, ulong links)
    {
        if (Say(word, links))
        {
            flow.LastSwitch = ++_work.SwitchCount;
        }
    }

    internal bool Write<T>(in T record, ReadOnlySpan<byte> tail)
        where T : unmanaged, IRecord
    {
        bool isWritten = Records.Write(Function, in record, tail);
        RecordLostCount += isWritten ? 0UL : 1;
        return isWritten;
    }

    private bool Say(SaidWord word, ulong links)
    {
        if (_work.SaidCount == SaidPerVisitMax)
        {
            SaidLostCount++;
            return false;
        }

        (_work.Said.Word, _work.Said.Links, _work.Said.Cause) = (word, links, _work.Item.Index);
        Said.TryEnqueue(in _work.Said);
        _work.SaidCount++;
        return true;
    }

    /// <summary>A flow that is new in its slot begins with nothing kept of it.</summary>
    private void Begin()
    {
        if (_work.Item.Record.Flow == FlowId.None)
        {
            _work.Off = 0;
            return;
        }

        // A packet's later events go by what was on when its first one came, as those queued already do on
        // one core.
        ref LaneFlow flow = ref FlowOf(in _work.Item.Record);
        if ((int)(_work.Item.SwitchCount - flow.LastSwitch) >= 0)
        {
            // The worker has done all that was said: its own mask is the truth again.
            (flow.Off, flow.On) = (0, 0);
        }

        ulong packet = Packet.LastEventNumber;
        _work.Off = packet == _work.ViewOf ? _work.Off : flow.Off;
        _work.ViewOf = packet;
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
        if (_work.IsFailed || (_work.Item.Wanted & ~_work.Off) == 0)
        {
            return;
        }

        _delivered.Span[_work.Item.Record.TypeId]++;
        Volatile.Write(ref _work.Progress, _work.Progress + 1);
        try
        {
            Link handler = _handlers.Span[_work.Item.Record.TypeId]!;
            Judge(handler.Deliver(in _work.Item.Record, _context));
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            Contain(error);
        }

        Volatile.Write(ref _work.Progress, _work.Progress + 1);
    }

    private void Judge(Verdict verdict)
    {
        if (verdict is Verdict.DropPacket or Verdict.Modified && Duty != LaneDuty.None)
        {
            throw new InvalidOperationException(
                $"{Function.Manifest.Kind} answered {verdict} on another core, where only Pass and DropFlow "
                + "can be obeyed; its profile must say that it drops single packets or changes them.");
        }

        _work.Verdict = verdict > _work.Verdict ? verdict : _work.Verdict;
    }

    private void TakeWord()
    {
        if (_work.Item.Word == LaneWord.Renewed)
        {
            FlowOf(in _work.Item.Record).Left = 0;
            return;
        }

        Volatile.Write(ref _work.Progress, _work.Progress + 1);
        try
        {
            ((ITick)_nf).Tick(_work.Item.Record.TimeNs);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            Contain(error);
        }

        Volatile.Write(ref _work.Progress, _work.Progress + 1);
    }

    private void Contain(Exception error)
    {
        if (!_faults.Note(error, _work.Item.Record.TimeNs))
        {
            return;
        }

        _work.IsFailed = true;
        byte[] text = System.Text.Encoding.UTF8.GetBytes(_faults.Last);
        int length = Math.Min(text.Length, EventBus.SideBlockMax);
        text.AsSpan(0, length).CopyTo(_work.Said.Side);
        _work.Said.SideLength = (ushort)length;
        Say(SaidWord.Failed, (uint)error.HResult);
    }

    /// <summary>What a lane knows of a flow.</summary>
    private struct LaneFlow
    {
        /// <summary>Links that the NF switched off, and on, since the worker last set them.</summary>
        public ulong Off;
        public ulong On;

        /// <summary>Those it has ever switched off.</summary>
        public ulong Left;
        public uint Generation;

        /// <summary>Its number among the NF's switches, of the last one of this flow.</summary>
        public uint LastSwitch;
    }

    /// <summary>What the NF's thread writes with each event, on lines of its own: two free ones on either
    /// side, because the prefetcher pulls lines in pairs.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 768)]
    private struct LaneWork
    {
        [FieldOffset(128)]
        public LaneItem Item;

        [FieldOffset(256)]
        public ulong Off;

        [FieldOffset(264)]
        public ulong ViewOf;

        [FieldOffset(272)]
        public ulong Progress;

        [FieldOffset(280)]
        public uint SwitchCount;

        [FieldOffset(284)]
        public ushort ItemCount;

        [FieldOffset(286)]
        public ushort SaidCount;

        [FieldOffset(288)]
        public Verdict Verdict;

        [FieldOffset(289)]
        public bool IsFailed;

        [FieldOffset(296)]
        public LaneSaid Said;
    }
}
