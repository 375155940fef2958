using Dataplane.Chains;
using Dataplane.Events;
using Dataplane.Flows;
using Dataplane.Packets;

namespace Dataplane.Benchmarks.Latency;

/// <summary>As <c>bench-work</c>, and reads both halves' snapshots with each packet.</summary>
[NetworkFunction("bench-snapshot-work", PacketAccess.Read, Title = "Bench: work with snapshots")]
[Subscribes("packets", typeof(TcpPacket))]
[Profile(ReadsSnapshots = true)]
public sealed class BenchSnapshotWork(
    BenchSnapshotWork.Options options, PerFlow<Workload.State> states, FinishLog log)
    : IWorks, IHandle<TcpPacket>
{
    /// <summary>How much it works.</summary>
    public sealed record Options
    {
        /// <summary>Rounds of work for each packet heard.</summary>
        public int Rounds { get; init; }

        /// <summary>Its row in the log.</summary>
        public int Row { get; init; }
    }

    public Workload Load { get; } = new(options.Rounds, options.Row, log);

    /// <summary>What it read: equal wherever it runs, if snapshots are those of the event's moment.</summary>
    public ulong SnapshotSum { get; private set; }

    public Verdict Handle(in Event<TcpPacket> e, NfContext context)
    {
        TcpSnapshot client = context.Snapshot(Side.Client);
        TcpSnapshot server = context.Snapshot(Side.Server);

        // Little arithmetic, because what is measured is the snapshots.
        SnapshotSum += (client.SendNext ^ ((ulong)server.ReceiveNext << 32))
            + (server.SendNext ^ ((ulong)client.ReceiveNext << 32));
        Load.Take(in e, ref states[e.FlowId]);
        Load.Finish(in e);
        return Verdict.Pass;
    }
}
