using Dataplane.Chains;
using Dataplane.Events;

namespace Dataplane.Benchmarks;

/// <summary>Asks for a depth by subscribing to what sound traffic never raises: the cost of following
/// alone.</summary>
[NetworkFunction("bench-depth", PacketAccess.Read, Title = "Bench: depth")]
[Subscribes("anomalies", typeof(TcpAnomaly), Half = "both")]
public sealed class BenchDepth : INetworkFunction, IHandle<TcpAnomaly>
{
    public Verdict Handle(in Event<TcpAnomaly> e, NfContext context) => Verdict.Pass;
}
