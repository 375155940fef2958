using System.Runtime.CompilerServices;
using Dataplane.Events;
using Dataplane.Flows;

namespace Dataplane.Engine;

/// <content>How a flow began, how long it may be idle, why it ends.</content>
public sealed partial class PacketPath
{
    // Client: sender of the first SYN, else receiver of the first SYN-ACK, else sender of the first packet.
    private static FlowOrigin OriginOf(byte tcpFlags)
    {
        const byte syn = 0x02;
        const byte ack = 0x10;
        return (tcpFlags & (syn | ack)) switch
        {
            syn => FlowOrigin.Syn,
            syn | ack => FlowOrigin.SynAck,
            _ => FlowOrigin.Midstream,
        };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Age(uint slot, ref readonly FlowEntry flow)
    {
        AgeClass age = AgeOf(in flow);
        if (flow.AgeClass != (byte)age)
        {
            _aging?.Reclassify(slot, age);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static AgeClass AgeOf(in FlowEntry flow)
    {
        const FlowFlags bothFins = FlowFlags.ClientFin | FlowFlags.ServerFin;
        if ((flow.Flags & FlowFlags.ResetSeen) != 0 || (flow.Flags & bothFins) == bothFins)
        {
            return AgeClass.TcpClosed;
        }

        bool isAttempt = (flow.Flags & FlowFlags.Midstream) == 0
            && (flow.ClientPackets < 2 || flow.ServerPackets == 0);
        return isAttempt ? AgeClass.TcpHandshake : AgeClass.TcpEstablished;
    }

    private static FlowEndReason EndReasonOf(in FlowEntry flow)
    {
        const FlowFlags bothFins = FlowFlags.ClientFin | FlowFlags.ServerFin;
        return (flow.Flags & FlowFlags.ResetSeen) != 0 ? FlowEndReason.Reset
            : (flow.Flags & bothFins) == bothFins ? FlowEndReason.Fin
            : FlowEndReason.Timeout;
    }
}
