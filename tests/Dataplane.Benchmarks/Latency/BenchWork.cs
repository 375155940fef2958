using Dataplane.Chains;
using Dataplane.Events;
using Dataplane.Flows;

namespace Dataplane.Benchmarks.Latency;

/// <summary>An NF of figure 8 with a service time that is set: Signature_Match, Logger and LB, and those that
/// say nothing. It hears all packets, or, once triggered, those of HTTP or of long flows.</summary>
[Profile(ComesBack = false)]
[NetworkFunction("bench-work", PacketAccess.Read, Title = "Bench: work")]
[Subscribes("packets", typeof(TcpPacket))]
[Subscribes(Late, typeof(TcpPacket), InitiallyOff = true)]
[Subscribes(Triggers, typeof(DpiDetect), typeof(LongFlow))]
public sealed class BenchWork(BenchWork.Options options, PerFlow<Workload.State> states, FinishLog log)
    : IWorks, IHandle<TcpPacket>, IHandle<DpiDetect>, IHandle<LongFlow>
{
    /// <summary>Packets, once a trigger was heard.</summary>
    public const string Late = "late";

    /// <summary>What tells it to begin.</summary>
    public const string Triggers = "triggers";

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
        Load.Finish(in e);
        return Verdict.Pass;
    }

    public Verdict Handle(in Event<DpiDetect> e, NfContext context)
    {
        if (e.Body.Dpi.Master == BenchDetector.NumberOfHttp)
        {
            context.Subscribe(Late);
        }

        context.Unsubscribe(Triggers);
        return Verdict.Pass;
    }

    public Verdict Handle(in Event<LongFlow> e, NfContext context)
    {
        context.Subscribe(Late);
        context.Unsubscribe(Triggers);
        return Verdict.Pass;
    }
}
