using System.ComponentModel.DataAnnotations;
using Dataplane.Chains;
using Dataplane.Events;
using Dataplane.Flows;

namespace Dataplane.Benchmarks.Latency;

/// <summary>An NF of the paper's figure 8 with a service time that is set: it works for each packet it hears
/// and tunes its subscriptions as the paper's NF of that name does.</summary>
[NetworkFunction("bench-work", PacketAccess.Read, Title = "Bench: work")]
[Subscribes("packets", typeof(TcpPacket))]
[Subscribes(Late, typeof(TcpPacket), InitiallyOff = true)]
[Subscribes(Triggers, typeof(DpiDetect), typeof(LongFlow))]
public sealed class BenchWork
    : INetworkFunction, IHandle<TcpPacket>, IHandle<DpiDetect>, IHandle<LongFlow>, IPublish<DpiDetect>,
      IPublish<LongFlow>
{
    /// <summary>Packets, once a trigger was heard.</summary>
    public const string Late = "late";

    /// <summary>What tells it to begin.</summary>
    public const string Triggers = "triggers";

    private const int HttpPort = 80;
    private const ushort NumberOfHttp = 7;
    private const ushort NumberOfOther = 1;
    private const uint MeanPacketBytes = 400;
    private const uint PacketsMin = 8;

    private readonly Options _options;
    private readonly PerFlow<State> _states;
    private readonly FinishLog _log;

    public BenchWork(Options options, PerFlow<State> states, FinishLog log) =>
        (_options, _states, _log) = (options, states, log);

    /// <summary>Which NF it is and how much it works.</summary>
    public sealed record Options
    {
        /// <summary>detector: says DPI_DETECT of a flow with its first payload and leaves it. statistics:
        /// says LONG_FLOW when the mean length passes a threshold, and leaves it. Else: works.</summary>
        public string Role { get; init; } = "";

        /// <summary>Rounds of work for each packet heard.</summary>
        [Range(0, 10_000_000)]
        public int Rounds { get; init; }

        /// <summary>Its row in the log.</summary>
        public int Row { get; init; }
    }

    /// <summary>What is kept for a flow.</summary>
    public struct State
    {
        public uint Packets;
        public uint Bytes;
        public ulong Sum;
    }

    /// <summary>Packets worked on, and what came out: equal for equal input wherever it runs.</summary>
    public long Count { get; private set; }

    public ulong Sum { get; private set; }

    /// <summary>Some work that depends on all work before it: about a nanosecond a round.</summary>
    public static ulong Work(ulong seed, int rounds)
    {
        ulong value = seed | 1;
        for (int i = 0; i < rounds; i++)
        {
            value = (value * 6_364_136_223_846_793_005) + 1_442_695_040_888_963_407;
        }

        return value;
    }

    public Verdict Handle(in Event<TcpPacket> e, NfContext context)
    {
        ref State state = ref _states[e.FlowId];
        state.Packets++;
        state.Bytes += e.Body.Packet.Length;
        state.Sum = Work(state.Sum ^ e.Body.Sequence, _options.Rounds);
        Count++;
        Sum ^= state.Sum;
        if (_options.Role == "detector" && e.Body.PayloadLength > 0)
        {
            bool isHttp = context.Key.PortA == HttpPort || context.Key.PortB == HttpPort;
            context.Publish(new DpiDetect(new DpiEvent(isHttp ? NumberOfHttp : NumberOfOther, 0, 0, 0)));
            context.UnsubscribeAll();
        }
        else if (_options.Role == "statistics" && state.Packets >= PacketsMin
            && state.Bytes > state.Packets * MeanPacketBytes)
        {
            context.Publish(new LongFlow(default, state.Bytes / state.Packets, state.Packets, state.Bytes));
            context.UnsubscribeAll();
        }

        _log.Finished(_options.Row, e.Record.PacketRef);
        return Verdict.Pass;
    }

    public Verdict Handle(in Event<DpiDetect> e, NfContext context)
    {
        if (e.Body.Dpi.Master == NumberOfHttp)
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
