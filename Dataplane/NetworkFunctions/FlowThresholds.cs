using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Dataplane.Chains;
using Dataplane.Events;
using Dataplane.Flows;

namespace Dataplane.NetworkFunctions;

/// <summary>Publishes THRESHOLD once for each kind and flow that has too much of it, and ELEPHANT once for
/// each flow of a high rate.</summary>
/// <remarks>
/// Retransmissions, closed windows and missing bytes are counted as the stack tells of them, over the whole
/// flow and both directions. A rate is that of a whole window of flow time.
/// </remarks>
[Profile(Reads = PacketFields.Ip | PacketFields.Length)]
[NetworkFunction("flow-thresholds", PacketAccess.Read, Title = "Flow thresholds")]
[Description("Reports flows with many retransmissions, closed windows or missing bytes, or of a high rate.")]
[Subscribes(
    Findings, typeof(TcpRetransmission), typeof(TcpWindow), typeof(TcpLossHint), typeof(BadTcpPacket))]
[Subscribes(Rates, typeof(FlowUpdate))]
public sealed class FlowThresholds(FlowThresholds.Options options, PerFlow<FlowThresholds.State> states)
    : INetworkFunction, IHandle<TcpRetransmission>, IHandle<TcpWindow>, IHandle<TcpLossHint>,
      IHandle<BadTcpPacket>, IHandle<FlowUpdate>, IPublish<ThresholdPassed>, IPublish<ElephantFlow>
{
    /// <summary>Name of the subscription to what the stack finds.</summary>
    public const string Findings = "findings";

    /// <summary>Name of the subscription to packets; off once a flow was reported.</summary>
    public const string Rates = "rates";

    private const long MillisecondNs = 1_000_000;
    private const ulong MillisecondsPerSecond = 1_000;

    /// <summary>What an operator may set.</summary>
    public sealed record Options
    {
        [Range(1, 65_535), Description("Report a flow with so many retransmissions.")]
        public int Retransmissions { get; init; } = 50;

        [Range(1, 65_535), Description("Report a flow whose window was closed so often.")]
        public int ZeroWindows { get; init; } = 10;

        [Range(1, 65_535), Description("Report a flow in which bytes were missing so often.")]
        public int Gaps { get; init; } = 50;

        [Range(1, 65_535), Description("Report a flow with so many segments of a wrong checksum.")]
        public int ChecksumErrors { get; init; } = 10;

        [Range(1_000, 1L << 40), Description("Report a flow that carries so many bytes a second.")]
        public long ElephantBytesPerSecond { get; init; } = 12_500_000;

        [Range(100, 600_000), Description("Over how long a flow's rate is measured.")]
        public int WindowMs { get; init; } = 1_000;
    }

    /// <summary>What is kept for a flow.</summary>
    public struct State
    {
        public ushort Retransmissions;
        public ushort ZeroWindows;
        public ushort Gaps;
        public ushort ChecksumErrors;
        public long WindowStartNs;
        public ulong WindowStartBytes;
    }

    public Verdict Handle(in Event<TcpRetransmission> e, NfContext context) => Count(
        ref states[e.FlowId].Retransmissions, ThresholdKind.Retransmissions, options.Retransmissions,
        context);

    public Verdict Handle(in Event<TcpWindow> e, NfContext context) =>
        e.Body.Kind != (byte)WindowKind.Zero
            ? Verdict.Pass
            : Count(
                ref states[e.FlowId].ZeroWindows, ThresholdKind.ZeroWindows, options.ZeroWindows, context);

    public Verdict Handle(in Event<TcpLossHint> e, NfContext context) =>
        Count(ref states[e.FlowId].Gaps, ThresholdKind.Gaps, options.Gaps, context);

    public Verdict Handle(in Event<BadTcpPacket> e, NfContext context) =>
        e.Body.Tcp.Packet.Why != (byte)BadTcpReason.Checksum
            ? Verdict.Pass
            : Count(
                ref states[e.FlowId].ChecksumErrors, ThresholdKind.ChecksumErrors, options.ChecksumErrors,
                context);

    public Verdict Handle(in Event<FlowUpdate> e, NfContext context)
    {
        ref State state = ref states[e.FlowId];
        long elapsedNs = e.TimeNs - state.WindowStartNs;
        if (state.WindowStartNs != 0 && elapsedNs < options.WindowMs * MillisecondNs)
        {
            return Verdict.Pass;
        }

        if (state.WindowStartNs != 0)
        {
            ulong elapsedMs = (ulong)(elapsedNs / MillisecondNs);
            ulong rate = (e.Body.Bytes - state.WindowStartBytes) * MillisecondsPerSecond / elapsedMs;
            if (rate >= (ulong)options.ElephantBytesPerSecond)
            {
                context.Publish(new ElephantFlow(new StatEvent((uint)elapsedMs), rate));
                context.Unsubscribe(Rates);
            }
        }

        (state.WindowStartNs, state.WindowStartBytes) = (e.TimeNs, e.Body.Bytes);
        return Verdict.Pass;
    }

    /// <summary>Reaching the threshold, not being above it: each kind of a flow is reported once.</summary>
    private static Verdict Count(ref ushort count, ThresholdKind kind, int threshold, NfContext context)
    {
        if (count < ushort.MaxValue && ++count == threshold)
        {
            context.Publish(new ThresholdPassed(default, kind, count));
        }

        return Verdict.Pass;
    }
}
