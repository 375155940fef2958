using Dataplane.Chains;
using Dataplane.Events;
using Dataplane.Packets;

namespace Dataplane.Benchmarks.Ids;

/// <summary>Says DPI_DETECT with a flow's first payload and leaves, as a DPI that costs nothing
/// would.</summary>
[NetworkFunction("bench-switch", PacketAccess.Read, Title = "Bench: switch")]
[Subscribes("packets", typeof(TcpPacket))]
public sealed class BenchSwitch : INetworkFunction, IHandle<TcpPacket>, IPublish<DpiDetect>
{
    public Verdict Handle(in Event<TcpPacket> e, NfContext context)
    {
        if (e.Body.PayloadLength > 0)
        {
            context.Publish(default(DpiDetect));
            context.UnsubscribeAll();
        }

        return Verdict.Pass;
    }
}

/// <summary>Subscribes to a flow's packets or bytes when it hears DPI_DETECT, as a signature match that costs
/// nothing would.</summary>
[NetworkFunction("bench-follower", PacketAccess.Read, Title = "Bench: follower")]
[Subscribes("packets", typeof(TcpPacket), InitiallyOff = true)]
[Subscribes("stream", typeof(DataReady), Sender = "client", InitiallyOff = true, Start = "offset:0")]
[Subscribes("detections", typeof(DpiDetect))]
public sealed class BenchFollower
    : INetworkFunction, IHandle<TcpPacket>, IHandle<DataReady>, IHandle<DpiDetect>
{
    public Verdict Handle(in Event<DataReady> e, NfContext context) => Verdict.Pass;

    public Verdict Handle(in Event<TcpPacket> e, NfContext context) => Verdict.Pass;

    public Verdict Handle(in Event<DpiDetect> e, NfContext context)
    {
        context.Unsubscribe("detections");
        context.Subscribe("packets");
        context.Subscribe("stream");
        return Verdict.Pass;
    }
}
