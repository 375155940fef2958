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
    /// <summary>Which of a transaction's notes are ours.</summary>
    private const int NoteTaker = 0;

    public Verdict Handle(in Event<AppEvent> e, NfContext context)
    {
        ref FlowInspection flow = ref _flows[e.FlowId];
        if (flow.IsDecided || context.Application is not { } application)
        {
            return Verdict.Pass;
        }
        Recognise(context, application, ref flow);
        ushort type = e.Record.TypeId;
        bool hasMoved = EventTree.IsA(type, EventType<AppMoved>.Id)
            || EventTree.IsA(type, EventType<AppEnd>.Id) || EventTree.IsA(type, EventType<AppIrregular>.Id);
        if (!hasMoved || !IsInspected(context))
        {
            return Verdict.Pass;
        }
        Verdict verdict = Verdict.Pass;
        for (int i = 0; i < application.TransactionCount && !flow.IsDecided; i++)
        {
            AppTransaction transaction = application[i];
            if (transaction.Number >= e.Body.Transaction)
            {
                Verdict one = Inspect(context, transaction, e.Body.Side, ref flow);
                verdict = one > verdict ? one : verdict;
            }
        }
        return verdict;
    }

    private static bool IsInspected(NfContext context) =>
        context.Key.Protocol != IpProtocols.Tcp || IsFollowed(context.Flow);

    private Verdict Inspect(
        NfContext context, AppTransaction transaction, Side side, ref FlowInspection flow)
    {
        InspectedPacket packet = DescribeTransaction(context, side, ref flow);
        packet.Application = transaction.Protocol;
        packet.SenderApplication = transaction.Protocol;
        _inspector.InspectTransaction(packet, transaction, transaction.Notes(NoteTaker), ref flow);
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
        bool isKnown = flow.Client.Application != AppProtocol.Unknown
            && flow.Server.Application != AppProtocol.Unknown;
        if (isKnown && _rules.Transactions(application.Protocol, Side.Client).IsEmpty
            && _rules.Transactions(application.Protocol, Side.Server).IsEmpty)
        {
            context.Unsubscribe(Applications);
        }
    }

    private void TakeApplication(NfContext context, ref InspectedPacket packet, ref FlowInspection flow)
    {
        bool waits = packet.Transport == TransportClass.Tcp && !_options.AtOnce && !context.CanDrop
            && flow.Client.Acknowledged <= 1 && flow.Server.Acknowledged <= 1;
        if (!waits)
        {
            packet.Application = flow.Client.FlowApplication;
            packet.SenderApplication = StreamFollower.Of(ref flow, packet.Sender).Application;
        }
    }
}
