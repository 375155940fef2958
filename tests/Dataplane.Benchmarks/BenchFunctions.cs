using Dataplane.Chains;
using Dataplane.Events;

namespace Dataplane.Benchmarks;

/// <summary>Hears TCP packets of the receiving half and does nothing: the cost of being told.</summary>
[NetworkFunction("bench-packets", PacketAccess.Read, Title = "Bench: packets")]
[Subscribes("packets", typeof(TcpPacket))]
public sealed class BenchPackets : INetworkFunction, IHandle<TcpPacket>
{
    public Verdict Handle(in Event<TcpPacket> e, NfContext context) => Verdict.Pass;
}

/// <summary>Hears ends of flows only: packets cost it nothing.</summary>
[NetworkFunction("bench-ends", PacketAccess.Read, Title = "Bench: ends")]
[Subscribes("ends", typeof(FlowEnd))]
public sealed class BenchEnds : INetworkFunction, IHandle<FlowEnd>
{
    public Verdict Handle(in Event<FlowEnd> e, NfContext context) => Verdict.Pass;
}

/// <summary>Hears state changes of both halves: what makes the monitor follow a connection.</summary>
[NetworkFunction("bench-states", PacketAccess.Read, Title = "Bench: states")]
[Subscribes("states", typeof(TcpStateChange), Half = "both")]
public sealed class BenchStates : INetworkFunction, IHandle<TcpStateChange>
{
    public Verdict Handle(in Event<TcpStateChange> e, NfContext context) => Verdict.Pass;
}

/// <summary>Hears the bytes of both sides, in order, and reads none.</summary>
[NetworkFunction("bench-bytes", PacketAccess.Read, Title = "Bench: bytes")]
[Subscribes("bytes", typeof(DataReady))]
public sealed class BenchBytes : INetworkFunction, IHandle<DataReady>
{
    public Verdict Handle(in Event<DataReady> e, NfContext context) => Verdict.Pass;
}
