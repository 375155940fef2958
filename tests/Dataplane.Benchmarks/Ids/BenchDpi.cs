using Dataplane.Chains;
using Dataplane.Events;
using Dataplane.Flows;
using Dataplane.Inspection;
using Dataplane.Packets;

namespace Dataplane.Benchmarks.Ids;

/// <summary>The paper's DPI: nDPI over PKT/TCP until it knows the protocol, in all of the paper's
/// configurations.</summary>
/// <remarks>
/// The same nDPI as in <c>dpi</c>, which always narrows itself and so cannot stand in configurations 1 to 3.
/// </remarks>
[NetworkFunction("bench-dpi", PacketAccess.Read, Title = "Bench: DPI")]
[Subscribes(Packets, typeof(TcpPacket))]
[Subscribes("ending", typeof(FlowEnd), Hook = Hook.Pre, Always = true)]
public sealed class BenchDpi(BenchDpi.Options options, PerFlow<BenchDpi.State> states, ProtocolIdentifier dpi)
    : INetworkFunction, IHandle<TcpPacket>, IHandle<FlowEnd>, IPublish<DpiDetect>, IPublish<DpiGiveUp>
{
    /// <summary>Name of the subscription to packets.</summary>
    public const string Packets = "packets";

    /// <summary>Packets of a flow after which it is given up, as nDPI does by default.</summary>
    public const int PacketMax = 32;

    private const ushort NumberOfHttp = 7;

    /// <summary>Which of the paper's configurations it stands in.</summary>
    public sealed record Options
    {
        /// <summary>Never unsubscribes and says nothing: configurations 1 to 3.</summary>
        public bool Static { get; init; }

        /// <summary>No early stop: begins anew with each packet behind an answer.</summary>
        public bool Restarts { get; init; }

        /// <summary>Looks at a packet again when the other half's update tells of it.</summary>
        public bool EachHalf { get; init; }
    }

    /// <summary>What is kept for a flow.</summary>
    public struct State
    {
        /// <summary>nDPI's flow plus 1; 0 while none is open.</summary>
        public uint OpenFlow;
        public byte FedCount;
        public byte IsDone;
    }

    /// <summary>Packets that nDPI looked at.</summary>
    public long FedCount { get; private set; }

    /// <summary>True for an answer that says HTTP.</summary>
    public static bool IsHttp(in DpiEvent answer) =>
        answer.Master == NumberOfHttp || answer.App == NumberOfHttp;

    public Verdict Handle(in Event<TcpPacket> e, NfContext context)
    {
        ref State state = ref states[e.FlowId];
        bool isSecondTelling = e.Half != e.Sender.Other() && !options.EachHalf;
        if (isSecondTelling || (state.IsDone != 0 && !options.Restarts))
        {
            return Verdict.Pass;
        }

        if (state.OpenFlow == 0)
        {
            if (!dpi.TryOpen(out uint opened))
            {
                throw new InvalidOperationException("nDPI's pool is empty; give the worker more flows.");
            }

            state.OpenFlow = opened + 1;
            state.FedCount = 0;
        }

        FedCount++;
        uint flow = state.OpenFlow - 1;
        bool isFinal = ++state.FedCount == PacketMax
            ? dpi.ProcessLast(flow, context.Packet.Layer3, context.TimeNs, out ProtocolAnswer answer)
            : dpi.Process(flow, context.Packet.Layer3, context.TimeNs, out answer);
        if (isFinal || !answer.IsUnknown)
        {
            Finish(ref state, context, answer);
        }

        return Verdict.Pass;
    }

    public Verdict Handle(in Event<FlowEnd> e, NfContext context)
    {
        ref State state = ref states[e.FlowId];
        if (state.OpenFlow != 0)
        {
            dpi.Close(state.OpenFlow - 1);
            state.OpenFlow = 0;
        }

        return Verdict.Pass;
    }

    private void Finish(ref State state, NfContext context, ProtocolAnswer answer)
    {
        dpi.Close(state.OpenFlow - 1);
        state.OpenFlow = 0;
        state.IsDone = 1;
        if (options.Static)
        {
            return;
        }

        var body = new DpiEvent(
            answer.Master, answer.App, (DpiConfidence)answer.Confidence, state.FedCount);
        if (answer.IsUnknown)
        {
            context.Publish(new DpiGiveUp(body));
        }
        else
        {
            context.Publish(new DpiDetect(body));
        }

        context.UnsubscribeAll();
    }
}
