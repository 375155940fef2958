using System.ComponentModel.DataAnnotations;
using Dataplane.Chains;
using Dataplane.Events;
using Dataplane.Flows;

namespace Dataplane.Benchmarks.Costs;

/// <summary>Hears clients' packets and, with each n-th of a flow, switches another subscription on or
/// off.</summary>
[NetworkFunction("bench-toggle", PacketAccess.Read, Title = "Bench: toggle")]
[Subscribes("clock", typeof(TcpPacket), Sender = "client")]
[Subscribes(Packets, typeof(TcpPacket), Sender = "server", InitiallyOff = true)]
[Subscribes(Bytes, typeof(DataReady), Sender = "server", InitiallyOff = true)]
public sealed class BenchToggle(BenchToggle.Options options, PerFlow<BenchToggle.State> states)
    : INetworkFunction, IHandle<TcpPacket>, IHandle<DataReady>
{
    /// <summary>The server's packets: a change of the mask and no more.</summary>
    public const string Packets = "packets";

    /// <summary>The server's stream: a change of depth.</summary>
    public const string Bytes = "bytes";

    /// <summary>How often.</summary>
    public sealed record Options
    {
        /// <summary>Switch with each n-th packet of a flow's client; 0: never.</summary>
        [Range(0, 1_000)]
        public int Every { get; init; }
    }

    /// <summary>What is kept for a flow.</summary>
    public struct State
    {
        public int Count;
        public byte IsOn;
    }

    /// <summary>Switches made.</summary>
    public long ChangeCount { get; private set; }

    /// <summary>The server's packets heard.</summary>
    public long HeardCount { get; private set; }

    public Verdict Handle(in Event<TcpPacket> e, NfContext context)
    {
        if (e.Sender != Dataplane.Packets.Side.Client)
        {
            HeardCount++;
            return Verdict.Pass;
        }

        ref State state = ref states[e.FlowId];
        if (options.Every == 0 || ++state.Count % options.Every != 0)
        {
            return Verdict.Pass;
        }

        ChangeCount++;
        state.IsOn ^= 1;
        if (state.IsOn != 0)
        {
            context.Subscribe(Packets);
            context.Subscribe(Bytes);
        }
        else
        {
            context.Unsubscribe(Packets);
            context.Unsubscribe(Bytes);
        }

        return Verdict.Pass;
    }

    public Verdict Handle(in Event<DataReady> e, NfContext context) => Verdict.Pass;
}
