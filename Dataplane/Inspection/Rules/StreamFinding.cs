namespace Dataplane.Inspection.Rules;

/// <summary>What the TCP stack can find odd about a connection, in the words of `stream-event`.</summary>
public enum StreamFinding : byte
{
    InvalidTimestamp,
    PacketOutOfWindow,
    InvalidAcknowledgment,
    OverlapWithOtherData,
    SequenceGap,
    DepthReached,
    Retransmission,
    SuspectedResetInjection,
    SynAckIgnoredFastOpenData,
    HandshakeSplit,
}
