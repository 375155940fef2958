using System.ComponentModel;
using Dataplane.Chains;
using Dataplane.Events;
using Dataplane.Events.Applications;
using Dataplane.Flows;
using Dataplane.Inspection.Compile;
using Dataplane.Inspection.Decoding;
using Dataplane.Inspection.Rules;
using Dataplane.Inspection.Verify;
using Dataplane.Packets;

namespace Dataplane.NetworkFunctions;

/// <summary>Compares packets and streams with rules in Suricata's language and publishes IDS_ALERT.</summary>
/// <remarks>
/// A side of a flow for which no rule is left costs nothing more: its subscriptions are switched off. Streams
/// are inspected with each packet, or in acknowledged pieces where nothing can be dropped and options say so.
/// </remarks>
[Profile(Reads = Fields, Drops = DropForm.Packet, IsHeavy = true)]
[NetworkFunction("signature-match", PacketAccess.Gate, Title = "Signature match")]
[Description("Raises alerts, and drops where it may, by rules in Suricata's language.")]
[Subscribes(ClientPackets, typeof(TcpPacket), typeof(IpPacket), Sender = "client")]
[Subscribes(ServerPackets, typeof(TcpPacket), typeof(IpPacket), Sender = "server")]
[Subscribes(ClientStream, typeof(DataReady), Sender = "client")]
[Subscribes(ServerStream, typeof(DataReady), Sender = "server")]
[Subscribes(Detections, typeof(DpiDetect), typeof(DpiGiveUp))]
[Subscribes(
    Applications, typeof(AppMoved), typeof(AppEnd), typeof(AppDetected), typeof(AppGiveUp),
    typeof(AppIrregular))]
[Subscribes(Findings, typeof(TcpError), typeof(TcpAnomaly), typeof(TcpRetransmission))]
[Subscribes(Strays, typeof(IpFragment), typeof(BadIpPacket))]
[Subscribes(Ends, typeof(FlowEnd), typeof(FlowReused), Always = true)]
public sealed partial class SignatureMatch
    : INetworkFunction, IHandle<TcpPacket>, IHandle<IpPacket>, IHandle<DataReady>,
    IHandle<DpiDetect>, IHandle<DpiGiveUp>, IHandle<AppEvent>,
    IHandle<TcpEvent>, IHandle<FlowEnd>, IHandle<FlowReused>, IPublish<IdsAlert>,
    IDeclines, IDisposable
{
    private const PacketFields Fields =
        PacketFields.Ip | PacketFields.Ports | PacketFields.Tcp | PacketFields.Length | PacketFields.Payload;

    private const string ClientPackets = "client-packets";
    private const string ServerPackets = "server-packets";
    private const string ClientStream = "client-stream";
    private const string ServerStream = "server-stream";
    private const string Detections = "detections";
    private const string Applications = "applications";
    private const string Findings = "findings";
    private const string Strays = "strays";
    private const string Ends = "ends";
    private const uint StreamBlockMax = 16_384;
    private const byte StateEstablished = 4;
    private const uint UnansweredIdleSeconds = 30;
    private const uint AnsweredIdleSeconds = 300;
    private const FlowFlags Handshake = FlowFlags.SynSeen | FlowFlags.SynAckSeen;
    private const long NanosecondsPerSecond = 1_000_000_000;

    private readonly PerFlow<FlowInspection> _flows;
    private readonly PerFlow<WatchedFlow> _watched;
    private readonly RuleSet _rules;
    private readonly RuleInspector _inspector;
    private readonly StreamBlocks _blocks = new(StreamBlockMax);
    private readonly StreamFollower _streams;
    private readonly AlertTexts _texts;
    private readonly ProtocolChoice? _choice;
    private readonly Options _options;
    private readonly HostTable? _ownHosts;

    /// <summary>Which of a transaction's notes are ours.</summary>
    private readonly int _noteTaker;
    private FlowInspection _flowless;

    public SignatureMatch(
        Options options, PerFlow<FlowInspection> flows, PerFlow<WatchedFlow> watched,
        INfResources resources)
    {
        _flows = flows;
        _watched = watched;
        _options = options;
        _rules = (RuleSet?)resources.Find(typeof(RuleSet), options.RuleSet)
            ?? throw new InvalidOperationException(
                $"The rule set '{options.RuleSet}' is not loaded; name one that is.");
        HostTable? shared = (HostTable?)resources.Find(typeof(HostTable), options.RuleSet);
        _ownHosts = shared is null ? new HostTable() : null;
        _inspector = new RuleInspector(_rules, shared ?? _ownHosts!);
        _noteTaker = ((NoteTakers?)resources.Find(typeof(NoteTakers), ""))?.Take() ?? 0;
        _streams = new StreamFollower(_blocks);
        _texts = new AlertTexts(_rules, EventBus.SideBlockMax);
        _choice = options.Protocols.Count == 0 ? null : new ProtocolChoice(options.Protocols);
    }

    /// <summary>What each rule cost and found here; others may read it at any time.</summary>
    public RuleCounts Counts => _inspector.Counts;

    /// <summary>Id of the rule set in the document.</summary>
    public string RuleSetId => _options.RuleSet;

    /// <summary>What an operator may set.</summary>
    public sealed record Options
    {
        [Description(
            "Inspect a stream's bytes with each packet. Off: in acknowledged pieces, as Suricata does when "
            + "it listens; inline they are always inspected at once.")]
        public bool AtOnce { get; init; } = true;

        [NamesRuleSet, Description("The rule set whose rules are compared with the traffic.")]
        public string RuleSet { get; init; } = "";

        [Description(
            "When a TLS or SSH connection turns to ciphertext. payload: contents for packets and streams are "
            + "compared no more, TLS goes on being parsed, SSH is left alone; flow: nothing of the "
            + "connection is inspected any more; inspect: everything goes on.")]
        public EncryptedTraffic Encrypted { get; init; } = EncryptedTraffic.Payload;

        [Description(
            "Inspect only flows that DPI identifies as one of these, from their first byte; empty: all.")]
        public IReadOnlyList<string> Protocols { get; init; } = [];
    }

    public Verdict Handle(in Event<TcpPacket> e, NfContext context)
    {
        ref FlowInspection flow = ref _flows[e.FlowId];
        InspectedPacket packet = Describe(context, ref flow);
        ref readonly FlowEntry entry = ref context.Flow;
        packet.IsEstablished = (flow.Flags & FlowInspectionFlags.Established) != 0;
        packet.IsEncrypted = (flow.Flags & FlowInspectionFlags.Encrypted) != 0;
        StreamFollower.Track(ref flow, packet);
        flow.Flags |= StreamFollower.HeardFlag(packet.Sender);
        packet.ClientStreamBytes = flow.Client.Sent;
        packet.ServerStreamBytes = flow.Server.Sent;
        TakeApplication(context, ref packet, ref flow);
        RuleGroup group = _inspector.GroupOf(packet);
        bool isFollowed = IsFollowed(entry) || AsksFastOpen(context, packet);
        packet.IsInStream = isFollowed && (entry.Flags & FlowFlags.ResetSeen) == 0
            && (flow.Flags & StreamFollower.DoneFlag(packet.Sender)) == 0;
        bool isWaiting = (flow.Flags & FlowInspectionFlags.Waiting) != 0;
        if (IsEstablished(entry))
        {
            flow.Flags |= FlowInspectionFlags.Established;
            StreamMoment moment = (entry.Flags & (FlowFlags.ClientFin | FlowFlags.ResetSeen)) != 0
                ? StreamMoment.Closing : StreamMoment.Open;
            bool inPieces = group.WantsStream && !_options.AtOnce && !context.CanDrop && !isWaiting;
            packet.Stream = inPieces ? _streams.Due(ref flow, packet.Sender, moment) : [];
        }
        return isWaiting ? Verdict.Pass : Inspect(context, packet, group, ref flow);
    }

    public Verdict Handle(in Event<IpPacket> e, NfContext context)
    {
        if (context.FlowId != FlowId.None && context.Key.Stray != 0)
        {
            return InspectStray(e, context);
        }
        bool hasFlow = e.FlowId != FlowId.None;
        _flowless = default;
        ref FlowInspection flow = ref hasFlow ? ref _flows[e.FlowId] : ref _flowless;
        InspectedPacket packet = Describe(context, ref flow);
        packet.IsEstablished = hasFlow && context.Flow is { ClientPackets: > 0, ServerPackets: > 0 };
        TakeApplication(context, ref packet, ref flow);
        return (flow.Flags & FlowInspectionFlags.Waiting) != 0 || _inspector.IsAboutDecided(packet)
            ? Verdict.Pass : Inspect(context, packet, _inspector.GroupOf(packet), ref flow);
    }

    public Verdict Handle(in Event<DpiDetect> e, NfContext context)
    {
        ref FlowInspection flow = ref _flows[e.FlowId];
        if (_choice is not null && !_choice.Has(context.SideBlock))
        {
            Forget(context, ref flow);
            return Verdict.Pass;
        }
        if ((flow.Flags & FlowInspectionFlags.Waiting) == 0)
        {
            return Verdict.Pass;
        }

        // The bytes that led to the answer are all here; rules see them before anything else.
        flow.Flags &= ~FlowInspectionFlags.Waiting;
        Verdict client = InspectWaiting(context, ref flow, Side.Client);
        Verdict server = InspectWaiting(context, ref flow, Side.Server);
        return client > server ? client : server;
    }

    public Verdict Handle(in Event<DpiGiveUp> e, NfContext context)
    {
        ref FlowInspection flow = ref _flows[e.FlowId];
        if ((flow.Flags & FlowInspectionFlags.Waiting) != 0)
        {
            Forget(context, ref flow);
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

    /// <summary>A SYN that carries bytes and asks for TCP Fast Open (RFC 7413): they belong to the
    /// stream.</summary>
    private static bool AsksFastOpen(NfContext context, in InspectedPacket packet) =>
        (packet.TcpFlags & TcpSegment.Syn) != 0 && !packet.Payload.IsEmpty
        && (TcpOptions.Read(ref context.Packet).Present & TcpOptionBits.FastOpen) != 0;

    /// <summary>Streams are followed from their handshake only.</summary>
    private static bool IsFollowed(in FlowEntry entry) =>
        (entry.Flags & FlowFlags.Midstream) == 0
        && (entry.Flags & Handshake) == Handshake;

    private InspectedPacket Describe(NfContext context, ref FlowInspection flow)
    {
        InspectedPacket packet = InspectedPacket.Of(ref context.Packet);
        if (_rules.HasDecodeEvents)
        {
            DecodeChecks.Check(packet.Layer3, ref packet.Findings);
            packet.Findings.RemoveDoubts(); // a stray, too: said there
        }
        uint second = (uint)(packet.TimeNs / NanosecondsPerSecond);
        if ((flow.Flags & FlowInspectionFlags.Begun) == 0)
        {
            flow.Flags |= FlowInspectionFlags.Begun;
            flow.FirstSecond = second;
            if (context.FlowId != FlowId.None)
            {
                Begin(context, packet, ref flow);
            }
        }
        else if (IsOver(packet, flow, second))
        {
            // Idle for so long that the reference engine would have begun a new flow here.
            _inspector.Variables.Release(ref flow);
            flow = new FlowInspection { Flags = FlowInspectionFlags.Begun, FirstSecond = second };
        }
        flow.LastSecond = second;
        packet.FlowAgeSeconds = second >= flow.FirstSecond ? second - flow.FirstSecond : 0;
        if (context.FlowId != FlowId.None)
        {
            packet.TakeFlow(in context.Flow);
            packet.FlowNumber = context.FlowId.Value;
        }
        return packet;
    }

    private static bool IsOver(in InspectedPacket packet, in FlowInspection flow, uint second)
    {
        bool answered = (flow.Flags & FlowInspectionFlags.ClientOnceDone) != 0
            && (flow.Flags & FlowInspectionFlags.ServerOnceDone) != 0;
        uint idleMax = answered ? AnsweredIdleSeconds : UnansweredIdleSeconds;
        return packet.Transport != TransportClass.Tcp && second > flow.LastSecond + idleMax;
    }

    private Verdict Inspect(
        NfContext context, in InspectedPacket packet, RuleGroup group, ref FlowInspection flow)
    {
        _inspector.Begin();
        _inspector.Match(packet, group, ref flow);
        MatchDue(context, packet, ref flow);
        _inspector.Judge(packet, ref flow);
        Verdict verdict = Conclude(context, packet, ref flow);
        if (!flow.IsDecided && packet.HasPacket && context.FlowId != FlowId.None)
        {
            Narrow(context, packet, group, ref flow);
        }
        return verdict;
    }

    /// <summary>Publishes the alerts of the inspection just done and says what becomes of the
    /// packet.</summary>
    private Verdict Conclude(NfContext context, in InspectedPacket packet, ref FlowInspection flow)
    {
        Publish(context, packet.Sender, flow.Client.FlowApplication);
        if (flow.IsDecided)
        {
            if (flow.IsJudged)
            {
                _inspector.NoteDecided(packet);
            }
            Forget(context, ref flow);
        }
        if (!_inspector.Drops)
        {
            return Verdict.Pass;
        }
        bool wholeFlow = packet.Transport == TransportClass.Tcp
            || (flow.Flags & FlowInspectionFlags.Dropped) != 0;
        return wholeFlow ? Verdict.DropFlow : Verdict.DropPacket;
    }

    private void EndFlow(NfContext context, ref FlowInspection flow)
    {
        bool isOpen = !flow.IsDecided && (flow.Flags & FlowInspectionFlags.Waiting) == 0;
        if (isOpen && !_options.AtOnce && !context.CanDrop)
        {
            InspectRest(context, ref flow, Side.Client);
            InspectRest(context, ref flow, Side.Server);
        }
        _streams.Release(ref flow);
        _inspector.Variables.Release(ref flow);
        if ((flow.Flags & FlowInspectionFlags.Followed) != 0)
        {
            _watched[context.FlowId] = default;
        }
        flow = default;
    }

    private void Publish(NfContext context, Side source, AppProtocol application)
    {
        foreach (RuleMatch match in _inspector.Alerts)
        {
            Rule rule = match.Rule.Rule;
            bool blocked = context.CanDrop && match.Action is RuleAction.Drop or RuleAction.Reject;
            IdsAction action = blocked ? IdsAction.Blocked : IdsAction.Allowed;
            var alert = new IdsAlert(
                new IdsEvent((uint)match.Rule.Index, rule.Sid, rule.Priority, action), 0, 0, source,
                application, match.Transaction);
            context.Publish(in alert, _texts.Of(match.Rule));
        }
    }
}
