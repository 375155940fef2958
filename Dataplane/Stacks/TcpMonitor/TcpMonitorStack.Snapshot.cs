using Dataplane.Events;
using Dataplane.Flows;
using Dataplane.Packets;

namespace Dataplane.Stacks.TcpMonitor;

/// <content>Snapshots of a flow's halves, for NFs.</content>
public sealed partial class TcpMonitorStack
{
    /// <inheritdoc/>
    public TcpSnapshot Snapshot(uint slot, Side half, ref readonly FlowEntry flow)
    {
        if (half == Side.None || (flow.Flags & FlowFlags.HalvesValid) == 0)
        {
            return new TcpSnapshot { Half = Side.None };
        }

        ref readonly TcpHalf tcb = ref this[slot, half];
        bool hasStream = tcb.ReceiveStream != StreamReassembler.None;
        return new TcpSnapshot
        {
            Half = half,
            State = (byte)tcb.State,
            Origin = (byte)tcb.Origin,
            DuplicateAcks = tcb.DuplicateAcks == TcpHalf.DuplicateAcksMuted ? (byte)0 : tcb.DuplicateAcks,
            InitialSequence = tcb.InitialSequence,
            SendNext = tcb.SendNext,
            SendContiguous = tcb.SendContiguous,
            Acknowledged = tcb.Acknowledged,
            ReceiveNext = tcb.ReceiveNext,
            FinSequence = tcb.FinSequence,
            WindowBytes = (uint)tcb.Window << tcb.Shift,
            SmoothedRttUs = tcb.SmoothedRttUs,
            HandshakeRttUs = tcb.HandshakeRttUs,
            ReceivedBytes = hasStream ? _reassembler[tcb.ReceiveStream].Next : 0,
        };
    }
}
