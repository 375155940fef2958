using Dataplane.Chains;
using Dataplane.Events;
using Dataplane.Flows;

namespace Dataplane.Benchmarks.Latency;

/// <summary>DPI of figure 8: works, says DPI_DETECT with a flow's first payload and hears no more of
/// it.</summary>
[NetworkFunction("bench-detector", PacketAccess.Read, Title = "Bench: detector")]
[Subscribes("packets", typeof(TcpPacket))]
public sealed class BenchDetector(
    BenchDetector.Options options, PerFlow<Workload.State> states, FinishLog log)
    : IWorks, IHandle<TcpPacket>, IPublish<DpiDetect>
{
    /// <summary>nDPI's number.</summary>
    public const ushort NumberOfHttp = 7;

    private const ushort NumberOfOther = 1;
    private const int HttpPort = 80;

    /// <summary>How much it works.</summary>
    public sealed record Options
    {
        /// <summary>Rounds of work for each packet heard.</summary>
        public int Rounds { get; init; }

        /// <summary>Its row in the log.</summary>
        public int Row { get; init; }
    }

    public Workload Load { get; } = new(options.Rounds, options.Row, log);

    public Verdict Handle(in Event<TcpPacket> e, NfContext context)
    {
        Load.Take(in e, ref states[e.FlowId]);
        if (e.Body.PayloadLength > 0)
        {
            bool isHttp = context.Key.PortA == HttpPort || context.Key.PortB == HttpPort;
            context.Publish(new DpiDetect(new DpiEvent(isHttp ? NumberOfHttp : NumberOfOther, 0, 0, 0)));
            context.UnsubscribeAll();
        }

        Load.Finish(in e);
        return Verdict.Pass;
    }
}
