using Dataplane.Chains;
using Dataplane.Events;
using Dataplane.Flows;

namespace Dataplane.Benchmarks.Latency;

/// <summary>Flow_Stats of figure 8: works, says LONG_FLOW of a flow with long packets, and hears no more
/// of it.</summary>
[NetworkFunction("bench-statistics", PacketAccess.Read, Title = "Bench: statistics")]
[Subscribes("packets", typeof(TcpPacket))]
public sealed class BenchStatistics(
    BenchStatistics.Options options, PerFlow<Workload.State> states, FinishLog log)
    : IWorks, IHandle<TcpPacket>, IPublish<LongFlow>
{
    private const uint MeanPacketBytes = 400;
    private const uint PacketsMin = 8;

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
        ref Workload.State state = ref states[e.FlowId];
        Load.Take(in e, ref state);
        if (state.Packets >= PacketsMin && state.Bytes > state.Packets * MeanPacketBytes)
        {
            context.Publish(new LongFlow(default, state.Bytes / state.Packets, state.Packets, state.Bytes));
            context.UnsubscribeAll();
        }

        Load.Finish(in e);
        return Verdict.Pass;
    }
}
