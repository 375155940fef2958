using Dataplane.Chains;
using Dataplane.Events;
using Dataplane.Inspection.Rules;
using Dataplane.Inspection.Verify;

namespace Dataplane.NetworkFunctions;

/// <content>What the TCP stack finds odd about a connection, for `stream-event`.</content>
public sealed partial class SignatureMatch
{
    public Verdict Handle(in Event<TcpEvent> e, NfContext context)
    {
        ref FlowInspection flow = ref _flows[e.FlowId];
        if (flow.IsDecided || !context.HasPacket || FindingOf(e) is not { } finding)
        {
            return Verdict.Pass;
        }
        InspectedPacket packet = Describe(context, ref flow);
        packet.IsEstablished = (flow.Flags & FlowInspectionFlags.Established) != 0;
        packet.StreamFindings = 1u << (int)finding;
        _inspector.InspectFinding(packet, ref flow);
        return Conclude(context, packet, ref flow);
    }

    private static StreamFinding? FindingOf(in Event<TcpEvent> e)
    {
        ushort type = e.Record.TypeId;
        if (EventTree.IsA(type, EventType<TcpInconsistent>.Id))
        {
            return StreamFinding.OverlapWithOtherData;
        }
        if (EventTree.IsA(type, EventType<TcpRetransmission>.Id))
        {
            return StreamFinding.Retransmission;
        }
        if (EventTree.IsA(type, EventType<TcpAnomaly>.Id))
        {
            return (TcpAnomalyKind)EventRecord.BodyOf<TcpAnomaly>(in e.Record).Id switch
            {
                TcpAnomalyKind.DataAfterReset => StreamFinding.SuspectedResetInjection,
                _ => null,
            };
        }
        if (EventTree.IsA(type, EventType<TcpError>.Id))
        {
            return (TcpErrorReason)EventRecord.BodyOf<TcpError>(in e.Record).Why switch
            {
                TcpErrorReason.OutOfWindow => StreamFinding.PacketOutOfWindow,
                TcpErrorReason.AcknowledgedUnseen => StreamFinding.InvalidAcknowledgment,
                TcpErrorReason.OldTimestamp or TcpErrorReason.BadTimestamp => StreamFinding.InvalidTimestamp,
                _ => null,
            };
        }
        return null;
    }
}
