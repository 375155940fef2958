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

/// <summary>Asks for the streams of both sides, and hears only of bytes that are gone:
/// the stack by itself.</summary>
[NetworkFunction("bench-gaps", PacketAccess.Read, Title = "Bench: gaps")]
[Subscribes("gaps", typeof(DataGap))]
public sealed class BenchGaps : INetworkFunction, IHandle<DataGap>
{
    public Verdict Handle(in Event<DataGap> e, NfContext context) => Verdict.Pass;
}

/// <summary>Asks for both halves, and hears only of segments that do not belong: the monitor by
/// itself.</summary>
[NetworkFunction("bench-errors", PacketAccess.Read, Title = "Bench: errors")]
[Subscribes("errors", typeof(TcpError), Half = "both")]
public sealed class BenchErrors : INetworkFunction, IHandle<TcpError>
{
    public Verdict Handle(in Event<TcpError> e, NfContext context) => Verdict.Pass;
}
