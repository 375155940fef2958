using Dataplane.Chains;
using Dataplane.Events;
using Dataplane.Flows;

namespace Dataplane.Benchmarks;

/// <summary>A small monitor: counts each flow's packets and payload bytes.</summary>
[NetworkFunction("bench-monitor", PacketAccess.Read, Title = "Bench: monitor")]
[Subscribes("packets", typeof(TcpPacket))]
public sealed class BenchMonitor(PerFlow<BenchMonitor.State> states) : INetworkFunction, IHandle<TcpPacket>
{
    /// <summary>What is kept for a flow.</summary>
    public struct State
    {
        public ulong Bytes;
        public ulong Packets;
    }

    /// <summary>Payload bytes of all flows: what two arrangements must agree on.</summary>
    public ulong TotalBytes { get; private set; }

    public Verdict Handle(in Event<TcpPacket> e, NfContext context)
    {
        ref State state = ref states[e.FlowId];
        state.Bytes += e.Body.PayloadLength;
        state.Packets++;
        TotalBytes += e.Body.PayloadLength;
        return Verdict.Pass;
    }
}
