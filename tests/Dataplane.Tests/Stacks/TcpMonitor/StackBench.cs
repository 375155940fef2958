using Dataplane.Events;
using Dataplane.Flows;
using Dataplane.Native.Memory;
using Dataplane.Packets;
using Dataplane.Stacks;
using Dataplane.Stacks.TcpMonitor;
using Testing;

namespace Dataplane.Tests.Stacks.TcpMonitor;

/// <summary>One TCP flow on the real parser, bus and stack;
/// writes down every event that is delivered.</summary>
/// <remarks>All packets share one buffer, so that bytes used after their packet show up as wrong.</remarks>
internal sealed class StackBench : IEventDelivery, IDisposable
{
    public const uint Slot = 3;
    private readonly NativeArray<byte> _buffer = new(65_536);
    private readonly List<SeenEvent> _seen = [];
    private readonly FlowTable _flows = new(16, FlowHash.Fixed);
    private FlowKey _key;
    private bool _isKnown;

    public StackBench(
        StackDepth? depth = null, StreamSettings? settings = null, LinkDemands more = LinkDemands.None,
        StreamKeep keep = default, TcpSettings? tcp = null, params ushort[] types)
    {
        LinkDemands demands = LinkDemands.ClientHalf | LinkDemands.ServerHalf
            | LinkDemands.ClientStream | LinkDemands.ServerStream | more;
        var link = new LinkDeclaration
        {
            Nf = 0,
            Name = "all",
            Types = types.Length == 0 ? [EventType<AnyEvent>.Id] : types,
            Half = HalfFilter.Both,
            Demands = demands,
            Keep = keep,
        };
        Links = new LinkTable([link]);
        Bus = new EventBus();
        Bus.Use(0, [Links], [new LinkLimits(Links, 0)]);
        Bus.DeliverBy(this);
        Stack = new TcpMonitorStack(Bus, _flows, 16, settings ?? new StreamSettings
        {
            StreamMax = 64, SlabBytesMax = 4 << 20, RunMax = 16_384, HeldBytesMax = 1 << 20,
        });
        Stack.Use(tcp ?? new TcpSettings());
        Depth = depth ?? Links.DepthOf(1);
    }

    public EventBus Bus { get; }

    public LinkTable Links { get; }

    public TcpMonitorStack Stack { get; }

    public StackDepth Depth { get; }

    public ref FlowEntry Flow => ref _flows[Slot];

    /// <summary>What a subscriber to everything would answer to the next packet.</summary>
    public Verdict NextVerdict { get; set; } = Verdict.Pass;

    public IReadOnlyList<SeenEvent> Seen => _seen;

    public ref TcpHalf Client => ref Stack[Slot, Side.Client];

    public ref TcpHalf Server => ref Stack[Slot, Side.Server];

    public IEnumerable<SeenEvent> Of<T>(Side? half = null)
        where T : unmanaged, IEvent =>
        _seen.Where(
        e => EventTree.IsA(e.Record.TypeId, EventType<T>.Id) && (half is null || e.Record.Half == half));

    public StackBench Play(TcpScript script) => Play(script.Frames);

    public StackBench Play(IEnumerable<Frame> frames)
    {
        foreach (Frame frame in frames)
        {
            Feed(frame);
        }
        return this;
    }

    /// <summary>One frame through parser and stack, with delivery and the verdict's consequence.</summary>
    public StackResult Feed(Frame frame) => Feed(frame.Bytes, frame.TimestampNs);

    public StackResult Feed(ReadOnlySpan<byte> frame, long timestampNs)
    {
        uint length = (uint)frame.Length;
        frame.CopyTo(_buffer.AsSpan(0, length));
        Packet packet = new()
        {
            Frame = _buffer.Bytes(0, length),
            WireLength = length,
            TimestampNs = timestampNs,
            LinkType = LinkType.Ethernet,
        };
        if (PacketParser.Parse(ref packet) != Counters.DropReason.None || packet.Protocol != 6)
        {
            return StackResult.Continue;
        }
        packet.Sender = SenderOf(ref packet);
        if ((Flow.Flags & FlowFlags.Embryonic) != 0)
        {
            Stack.Hatch(ref Flow, Slot);
        }
        Flow.Count(packet.Sender, packet.WireLength);
        StackResult result = Stack.Process(ref packet, ref Flow, Slot);
        DeliverPending();
        if (!result.IsDrop && NextVerdict == Verdict.DropPacket)
        {
            Stack.Undo(ref packet, ref Flow, Slot);
        }
        else if (!result.IsDrop)
        {
            Stack.Commit(ref packet);
        }
        NextVerdict = Verdict.Pass;
        _buffer.AsSpan(0, length).Fill(0xEE);
        return result;
    }

    public void End()
    {
        Stack.FlowEnding(Slot, ref Flow, 0);
        DeliverPending();
        Stack.FlowEnded(Slot, ref Flow);
        _isKnown = false;
    }

    /// <summary>Ends the flow and forgets its events: another may follow.</summary>
    public void Begin()
    {
        if (_isKnown)
        {
            End();
        }
        _seen.Clear();
    }

    /// <summary>The bytes announced of a side, gaps as the given filler.</summary>
    public byte[] BytesOf(Side side)
    {
        var bytes = new List<byte>();
        foreach (SeenEvent e in Of<DataReady>().Where(e => e.Record.Sender == side))
        {
            bytes.AddRange(e.Bytes);
        }
        return [.. bytes];
    }

    public IReadOnlyList<(ulong Offset, uint Length, GapReason Reason)> GapsOf(Side side) =>
        [.. Of<DataGap>().Where(e => e.Record.Sender == side).Select(e => e.Body<DataGap>().Data)
            .Select(data => (data.Offset, data.Length, (GapReason)(data.Epoch & 0xFF)))];

    public ulong Fitting(uint slot, ulong links) => links;

    public PacketBytes KeptBytes(uint slot, Side side, ulong from, ulong to) => default;

    public void DeliverPending()
    {
        Bus.BeginDelivery();
        for (int i = 0; i < Bus.Count; i++)
        {
            _seen.Add(new SeenEvent(Bus[i], Bus.BytesOf(i).Span.ToArray()));
        }
        Bus.EndDelivery();
    }

    public void Dispose()
    {
        Stack.Dispose();
        _flows.Dispose();
        _buffer.Dispose();
    }

    private Side SenderOf(ref Packet packet)
    {
        var key = new FlowKey { PortA = packet.SourcePort, PortB = packet.DestinationPort };
        if (!_isKnown)
        {
            _isKnown = true;
            _key = key;
            Flow = new FlowEntry { LinkMask = 1, Depth = Depth, Flags = FlowFlags.InUse };
            FlowHash.Fixed.Fill(ref packet, ref Flow.Key);
            _flows.NumbersOf(Slot) = default;
            bool isAccept = (packet.TcpFlags & 0x12) == 0x12;
            Flow.Flags |= isAccept ? FlowFlags.ClientIsB : FlowFlags.None;
        }
        return Flow.SenderOf(key.PortA == _key.PortA);
    }
}

/// <summary>An event as it was delivered.</summary>
internal sealed record SeenEvent(EventRecord Record, byte[] Bytes)
{
    public string Path => EventTree.Types[Record.TypeId].TreePath;

    public T Body<T>()
        where T : unmanaged, IEvent
    {
        EventRecord record = Record;
        return EventRecord.BodyOf<T>(in record);
    }
}
