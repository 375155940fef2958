using Dataplane.Chains;
using Dataplane.Events;
using Dataplane.Events.Applications;
using Dataplane.Flows;
using Dataplane.Inspection.Compile;
using Dataplane.Inspection.Verify;
using Dataplane.Packets;

namespace Dataplane.NetworkFunctions;

/// <content>What application parsers find: protocols of flows, and transactions for the rules.</content>
public sealed partial class SignatureMatch
{
    public Verdict Handle(in Event<AppEvent> e, NfContext context)
    {
        ref FlowInspection flow = ref _flows[e.FlowId];
        if (flow.IsDecided || context.Application is not { } application)
        {
            return Verdict.Pass;
        }
        if (!IsInspected(context))
        {
            return Verdict.Pass;
        }
        Verdict verdict = InspectFlow(context, application, e.Body.Side, ref flow);
        Recognise(context, application, ref flow);
        ushort type = e.Record.TypeId;
        bool hasMoved = EventTree.IsA(type, EventType<AppMoved>.Id)
            || EventTree.IsA(type, EventType<AppEnd>.Id) || EventTree.IsA(type, EventType<AppIrregular>.Id);
        if (!hasMoved || (flow.Flags & FlowInspectionFlags.Waiting) != 0)
        {
            return verdict;
        }
        bool hasEnded = EventTree.IsA(type, EventType<AppEnd>.Id);
        bool isLast = !context.HasPacket || !DefersTransactions(context, flow, e.Body.Side);
        for (int i = 0; i < application.TransactionCount && !flow.IsDecided; i++)
        {
            AppTransaction transaction = application[i];
            bool isOver = (hasEnded && transaction.Number == e.Body.Transaction)
                || (transaction.IsComplete(Side.Client) && transaction.IsComplete(Side.Server));
            if (!isLast && !isOver)
            {
                flow.Flags |= StreamFollower.MovedFlag(e.Body.Side);
                continue;
            }

            // What came to light is reported in the direction that moved; else a request comes first.
            bool isIrregular = RuleInspector.HasNewAnomalies(transaction, transaction.Notes(_noteTaker));
            Side first = isIrregular ? e.Body.Side : Side.Client;
            Verdict one = Inspect(context, transaction, first, ref flow);
            Verdict other = Inspect(context, transaction, first.Other(), ref flow);
            verdict = one > verdict ? one : verdict;
            verdict = other > verdict ? other : verdict;
        }
        if (application.IsOver && isLast && !flow.IsDecided)
        {
            FollowNoMore(context, application, ref flow);
        }
        return verdict;
    }

    /// <summary>The parser has stopped: nothing new will come to light of the flow's protocol.</summary>
    private void FollowNoMore(NfContext context, IAppFlow application, ref FlowInspection flow)
    {
        bool isWhole = true;
        for (int i = 0; i < application.TransactionCount; i++)
        {
            isWhole &= application[i].IsComplete(Side.Client) && application[i].IsComplete(Side.Server);
        }
        if (!isWhole)
        {
            return;
        }
        context.Unsubscribe(Applications);
        if (IsFinal(application.Protocol))
        {
            NarrowTo(context, application.Protocol);
        }
    }

    /// <summary>True for protocols that do not turn into another one.</summary>
    private static bool IsFinal(AppProtocol protocol) => protocol is not (
        AppProtocol.Unknown or AppProtocol.Http or AppProtocol.Smtp or AppProtocol.Ftp
        or AppProtocol.Imap or AppProtocol.Pop3);

    /// <summary>Reports what is irregular about the protocols of the flow as a whole.</summary>
    private Verdict InspectFlow(
        NfContext context, IAppFlow application, Side side, ref FlowInspection flow)
    {
        if (application.Anomalies.IsEmpty || _rules.FlowEventRules.IsEmpty)
        {
            return Verdict.Pass;
        }
        Side sender = context.HasPacket ? context.Packet.Sender : side;
        InspectedPacket packet = DescribeTransaction(context, sender, ref flow);
        packet.Application = application.Protocol;
        _inspector.InspectFlowEvents(packet, application.Anomalies, ref flow);
        return Conclude(context, packet, ref flow);
    }

    /// <summary>True while listening in pieces: what a side said is inspected with its next packet, once all
    /// before that is acknowledged, unless the transaction ends before.</summary>
    private bool DefersTransactions(NfContext context, in FlowInspection flow, Side side) =>
        !_options.AtOnce && !context.CanDrop && context.Key.Protocol == IpProtocols.Tcp
        && (flow.Flags & StreamFollower.HeardFlag(side)) != 0;

    /// <summary>Shows the transactions that are due with a packet, as a part of its inspection.</summary>
    private void MatchDue(NfContext context, in InspectedPacket packet, ref FlowInspection flow)
    {
        bool mayBeDue = packet is { HasPacket: true, Transport: TransportClass.Tcp }
            && (flow.Flags & StreamFollower.MovedFlag(packet.Sender)) != 0 && IsFollowed(context.Flow);
        if (!mayBeDue || context.Application is not { } application)
        {
            return;
        }
        ref StreamInspection own = ref StreamFollower.Of(ref flow, packet.Sender);
        if (SequenceNumber.IsAfter(unchecked(packet.Sequence - own.Isn), own.Acknowledged))
        {
            return;
        }
        flow.Flags &= ~StreamFollower.MovedFlag(packet.Sender);
        for (int i = 0; i < application.TransactionCount; i++)
        {
            AppTransaction transaction = application[i];
            Span<ulong> notes = transaction.Notes(_noteTaker);
            if (RuleInspector.HasNews(transaction, notes, packet.Sender))
            {
                InspectedPacket described = packet;
                described.Application = transaction.Protocol;
                described.IsEstablished = true;
                _inspector.MatchTransaction(described, transaction, notes, ref flow);
            }
        }
    }

    private static bool IsInspected(NfContext context) =>
        context.Key.Protocol != IpProtocols.Tcp || IsFollowed(context.Flow);

    private Verdict Inspect(
        NfContext context, AppTransaction transaction, Side side, ref FlowInspection flow)
    {
        if (!RuleInspector.HasNews(transaction, transaction.Notes(_noteTaker), side))
        {
            return Verdict.Pass;
        }
        InspectedPacket packet = DescribeTransaction(context, side, ref flow);
        packet.Application = transaction.Protocol;
        packet.SenderApplication = transaction.Protocol;
        _inspector.InspectTransaction(packet, transaction, transaction.Notes(_noteTaker), ref flow);
        return Conclude(context, packet, ref flow);
    }

    /// <summary>The packet that moved the transaction, if it is one of that side, else the flow's
    /// ends.</summary>
    private InspectedPacket DescribeTransaction(NfContext context, Side side, ref FlowInspection flow)
    {
        bool isOwn = context.HasPacket && context.Packet.Sender == side;
        InspectedPacket packet = isOwn ? Describe(context, ref flow)
            : StreamEnd.Describe(context.Key, context.ClientIsB, side, context.TimeNs);
        packet.TakeFlow(in context.Flow);
        packet.FlowNumber = context.FlowId.Value;
        packet.IsEstablished = packet.Transport == TransportClass.Tcp
            || context.Flow is { ClientPackets: > 0, ServerPackets: > 0 };
        packet.ClientStreamBytes = flow.Client.Sent;
        packet.ServerStreamBytes = flow.Server.Sent;
        return packet;
    }

    /// <summary>Remembers what the flow speaks; when no rule looks at its transactions, its parsers may
    /// go.</summary>
    private void Recognise(NfContext context, IAppFlow application, ref FlowInspection flow)
    {
        flow.Client.FlowApplication = application.Protocol;
        flow.Client.Application = application.ProtocolOf(Side.Client);
        flow.Server.Application = application.ProtocolOf(Side.Server);
        bool areKnown = flow.Client.Application != AppProtocol.Unknown
            && flow.Server.Application != AppProtocol.Unknown;
        if (!areKnown && (_rules.AsksEachSide || application.Protocol == AppProtocol.Unknown))
        {
            return;
        }
        if (_rules.Transactions(application.Protocol, Side.Client).IsEmpty
            && _rules.Transactions(application.Protocol, Side.Server).IsEmpty)
        {
            context.Unsubscribe(Applications);
        }
        if (IsFinal(application.Protocol))
        {
            NarrowTo(context, application.Protocol);
        }
    }

    /// <summary>Tells the rules what the flow speaks: when listening, once the bytes that show it are
    /// acknowledged. Streams that are not followed have no protocol.</summary>
    private void TakeApplication(NfContext context, ref InspectedPacket packet, ref FlowInspection flow)
    {
        bool isTcp = packet.Transport == TransportClass.Tcp;
        if (!isTcp && _rules.NamesApplications && flow.Client.FlowApplication == AppProtocol.Unknown
            && context.Application is { } application)
        {
            // The datagram itself may have shown it.
            Recognise(context, application, ref flow);
        }
        bool waits = isTcp && !_options.AtOnce && !context.CanDrop
            && flow.Client.Acknowledged <= 1 && flow.Server.Acknowledged <= 1;
        if (waits || flow.Client.FlowApplication == AppProtocol.Unknown)
        {
            return;
        }
        packet.Application = flow.Client.FlowApplication;
        packet.SenderApplication = StreamFollower.Of(ref flow, packet.Sender).Application;
        FlowInspectionFlags flag = packet.Sender == Side.Server
            ? FlowInspectionFlags.ServerDetected : FlowInspectionFlags.ClientDetected;
        if (packet.SenderApplication != AppProtocol.Unknown && (flow.Flags & flag) == 0)
        {
            flow.Flags |= flag;
            packet.IsDetection = true;
        }
    }
}
