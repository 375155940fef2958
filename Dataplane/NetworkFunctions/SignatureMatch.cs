using System.ComponentModel;
using System.Text;
using Dataplane.Chains;
using Dataplane.Events;
using Dataplane.Flows;
using Dataplane.Inspection.Compile;
using Dataplane.Inspection.Rules;
using Dataplane.Inspection.Verify;
using Dataplane.Packets;

namespace Dataplane.NetworkFunctions;

/// <summary>Compares packets and streams with rules in Suricata's language and publishes IDS_ALERT.</summary>
/// <remarks>A flow for which no rule is left costs nothing more: its subscriptions are switched off.</remarks>
[NetworkFunction("signature-match", PacketAccess.Gate, Title = "Signature match")]
[Subscribes(Packets, typeof(TcpPacket), typeof(IpPacket))]
[Subscribes(Streams, typeof(DataReady))]
[Subscribes(Ends, typeof(FlowEnd), typeof(FlowReused))]
public sealed class SignatureMatch : INetworkFunction, IHandle<TcpPacket>, IHandle<IpPacket>, IHandle<DataReady>,
    IHandle<FlowEnd>, IHandle<FlowReused>, IPublish<IdsAlert>, IDisposable
{
    private const string Packets = "packets";
    private const string Streams = "streams";
    private const string Ends = "ends";
    private const uint StreamBlockMax = 16_384;
    private const byte StateEstablished = 4;
    private const long NanosecondsPerSecond = 1_000_000_000;

    private readonly PerFlow<FlowInspection> _flows;
    private readonly RuleInspector _inspector;
    private readonly StreamBlocks _blocks = new(StreamBlockMax);
    private readonly StreamFollower _streams;
    private readonly byte[][] _sideBlocks;
    private readonly HostTable? _ownHosts;
    private FlowInspection _flowless;

    public SignatureMatch(Options options, PerFlow<FlowInspection> flows, INfResources resources)
    {
        _flows = flows;
        RuleSet rules = (RuleSet?)resources.Find(typeof(RuleSet), options.RuleSet)
            ?? throw new InvalidOperationException($"The rule set '{options.RuleSet}' is not loaded; name one that is.");
        HostTable? shared = (HostTable?)resources.Find(typeof(HostTable), options.RuleSet);
        _ownHosts = shared is null ? new HostTable() : null;
        _inspector = new RuleInspector(rules, shared ?? _ownHosts!);
        _streams = new StreamFollower(_blocks);
        _sideBlocks = new byte[rules.Rules.Length][];
        for (int i = 0; i < _sideBlocks.Length; i++)
        {
            _sideBlocks[i] = SideBlockOf(rules.Rules[i].Rule);
        }
    }

    /// <summary>What an operator may set.</summary>
    public sealed record Options
    {
        [NamesRuleSet, Description("The rule set whose rules are compared with the traffic.")]
        public string RuleSet { get; init; } = "";
    }

    public Verdict Handle(in Event<TcpPacket> e, NfContext context)
    {
        ref FlowInspection flow = ref _flows[e.FlowId];
        InspectedPacket packet = Describe(context, ref flow);
        ref readonly FlowEntry entry = ref context.Flow;
        packet.IsEstablished = (flow.Flags & FlowInspectionFlags.Established) != 0;
        StreamFollower.Track(ref flow, packet);
        packet.ClientStreamBytes = flow.Client.Sent;
        packet.ServerStreamBytes = flow.Server.Sent;
        bool followed = IsFollowed(entry);
        RuleGroup group = _inspector.GroupOf(packet);
        packet.IsInStream = followed && (entry.Flags & FlowFlags.ResetSeen) == 0
            && (flow.Flags & StreamFollower.DoneFlag(packet.Sender)) == 0;
        if (IsEstablished(entry))
        {
            flow.Flags |= FlowInspectionFlags.Established;
            StreamMoment moment = (entry.Flags & (FlowFlags.ClientFin | FlowFlags.ResetSeen)) != 0
                ? StreamMoment.Closing : StreamMoment.Open;
            packet.Stream = group.WantsStream ? _streams.Due(ref flow, packet.Sender, moment) : [];
        }
        return Inspect(context, packet, group, ref flow);
    }

    public Verdict Handle(in Event<IpPacket> e, NfContext context)
    {
        bool hasFlow = e.FlowId != FlowId.None;
        _flowless = default;
        ref FlowInspection flow = ref hasFlow ? ref _flows[e.FlowId] : ref _flowless;
        InspectedPacket packet = Describe(context, ref flow);
        packet.IsEstablished = hasFlow && context.Flow is { ClientPackets: > 0, ServerPackets: > 0 };
        return Inspect(context, packet, _inspector.GroupOf(packet), ref flow);
    }

    public Verdict Handle(in Event<DataReady> e, NfContext context)
    {
        ref FlowInspection flow = ref _flows[e.FlowId];
        ref readonly DataReady data = ref e.Body;
        if (!IsFollowed(context.Flow) || flow.IsDecided)
        {
            return Verdict.Pass;
        }
        if (e.Record.TypeId == EventType<DataGap>.Id)
        {
            return InspectRest(context, ref flow, data.Side);
        }
        if (e.Record.TypeId != EventType<DataEnd>.Id)
        {
            _streams.Add(ref flow, data.Side, data.Offset, context.Bytes(e).Span);
        }
        return Verdict.Pass;
    }

    public Verdict Handle(in Event<FlowEnd> e, NfContext context)
    {
        EndFlow(context, ref _flows[e.FlowId]);
        return Verdict.Pass;
    }

    public Verdict Handle(in Event<FlowReused> e, NfContext context)
    {
        EndFlow(context, ref _flows[e.FlowId]);
        context.Subscribe(Packets);
        context.Subscribe(Streams);
        return Verdict.Pass;
    }

    public void Dispose()
    {
        _inspector.Dispose();
        _blocks.Dispose();
        _ownHosts?.Dispose();
    }

    private static bool IsEstablished(in FlowEntry entry) =>
        (entry.TcpStates & 15) >= StateEstablished && entry.TcpStates >> 4 >= StateEstablished
        && (entry.Flags & FlowFlags.Midstream) == 0;

    /// <summary>Streams are followed from their handshake only.</summary>
    private static bool IsFollowed(in FlowEntry entry) =>
        (entry.Flags & FlowFlags.Midstream) == 0
        && (entry.Flags & (FlowFlags.SynSeen | FlowFlags.SynAckSeen)) == (FlowFlags.SynSeen | FlowFlags.SynAckSeen);

    private static InspectedPacket Describe(NfContext context, ref FlowInspection flow)
    {
        InspectedPacket packet = InspectedPacket.Of(ref context.Packet);
        uint second = (uint)(packet.TimeNs / NanosecondsPerSecond);
        if ((flow.Flags & FlowInspectionFlags.Begun) == 0)
        {
            flow.Flags |= FlowInspectionFlags.Begun;
            flow.FirstSecond = second;
        }
        packet.FlowAgeSeconds = second >= flow.FirstSecond ? second - flow.FirstSecond : 0;
        if (context.FlowId != FlowId.None)
        {
            packet.TakeFlow(in context.Flow);
        }
        return packet;
    }

    private Verdict Inspect(
        NfContext context, in InspectedPacket packet, RuleGroup group, ref FlowInspection flow)
    {
        _inspector.Inspect(packet, group, ref flow);
        Publish(context, packet.Sender);
        if (flow.IsDecided)
        {
            Forget(context, ref flow);
        }
        if (!_inspector.Drops)
        {
            return Verdict.Pass;
        }
        bool wholeFlow = packet.Transport == TransportClass.Tcp || (flow.Flags & FlowInspectionFlags.Dropped) != 0;
        return wholeFlow ? Verdict.DropFlow : Verdict.DropPacket;
    }

    /// <summary>Shows what waits of a side to the rules, as a piece of its own and without a packet.</summary>
    private Verdict InspectRest(NfContext context, ref FlowInspection flow, Side side)
    {
        ReadOnlySpan<byte> rest = _streams.Due(ref flow, side, StreamMoment.End);
        if (rest.IsEmpty)
        {
            return Verdict.Pass;
        }
        InspectedPacket packet = StreamEnd.Describe(context.Key, context.ClientIsB, side, context.TimeNs);
        packet.IsEstablished = true;
        packet.Stream = rest;
        packet.TakeFlow(in context.Flow);
        packet.ClientStreamBytes = flow.Client.Sent;
        packet.ServerStreamBytes = flow.Server.Sent;
        return Inspect(context, packet, _inspector.GroupOf(packet), ref flow);
    }

    private void EndFlow(NfContext context, ref FlowInspection flow)
    {
        if (!flow.IsDecided)
        {
            InspectRest(context, ref flow, Side.Client);
            InspectRest(context, ref flow, Side.Server);
        }
        _streams.Release(ref flow);
        _inspector.Variables.Release(ref flow);
        flow = default;
    }

    private void Forget(NfContext context, ref FlowInspection flow)
    {
        _streams.Release(ref flow);
        context.Unsubscribe(Packets);
        context.Unsubscribe(Streams);
    }

    private void Publish(NfContext context, Side source)
    {
        foreach (RuleMatch match in _inspector.Alerts)
        {
            Rule rule = match.Rule.Rule;
            bool blocked = context.CanDrop && rule.Action is RuleAction.Drop or RuleAction.Reject;
            var alert = new IdsAlert(
                new IdsEvent(
                    (uint)match.Rule.Index, rule.Sid, rule.Priority, blocked ? IdsAction.Blocked : IdsAction.Allowed),
                0, 0, source);
            context.Publish(in alert, _sideBlocks[match.Rule.Index]);
        }
    }

    /// <summary>gid, rev, signature, category, as IDS_ALERT declares them.</summary>
    private static byte[] SideBlockOf(Rule rule)
    {
        byte[] message = Encoding.UTF8.GetBytes(rule.Message);
        byte[] category = Encoding.UTF8.GetBytes(rule.Category);
        int numbers = 2 * sizeof(uint);
        int room = EventBus.SideBlockMax - numbers - (2 * sizeof(ushort));
        int categoryLength = Math.Min(category.Length, room / 3);
        int messageLength = Math.Min(message.Length, room - categoryLength);
        return
        [
            .. BitConverter.GetBytes(rule.Gid), .. BitConverter.GetBytes(rule.Revision),
            .. BitConverter.GetBytes((ushort)messageLength), .. message.AsSpan(0, messageLength),
            .. BitConverter.GetBytes((ushort)categoryLength), .. category.AsSpan(0, categoryLength),
        ];
    }
}
