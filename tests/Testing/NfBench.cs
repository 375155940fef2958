using Dataplane.Chains;
using Dataplane.Engine;
using Dataplane.Events;
using Dataplane.Flows;
using Dataplane.Inspection;
using Dataplane.Ports;
using Dataplane.Time;

namespace Testing;

/// <summary>Drives one NF with frames through the real worker parts: parser, flow table, stacks,
/// bus, runner.</summary>
/// <remarks>A second NF behind it collects what it publishes. Time is that of the frames.</remarks>
public sealed class NfBench : IDisposable
{
    private const uint FlowMax = 1_024;
    private readonly Resources _resources;
    private readonly WorkerParts _parts;
    private readonly PublishedCollector _collector;

    private NfBench(
        string document, uint dpiFlows, Type[] kinds, uint flowMax = FlowMax, uint? tcpFlowMax = null,
        FlowTimeouts? timeouts = null)
    {
        _resources = new Resources(dpiFlows);
        PlanResult plan = ChainBench.Plan(document, [.. kinds, typeof(PublishedCollector)]);
        if (plan.Faults.Count > 0)
        {
            throw new ArgumentException(string.Join("\n", plan.Faults));
        }

        var settings =
            new WorkerSettings
            {
                FlowMax = flowMax, TcpFlowMax = tcpFlowMax, Clock = new VirtualClock(),
                Hash = FlowHash.Fixed, Timeouts = timeouts,
            };
        _parts = new WorkerParts(settings, Notices, Records);
        _parts.Runner.Use([.. plan.Chains.Select(chain => new ChainInstance(chain, flowMax, _resources))]);
        _collector = (PublishedCollector)_parts.Runner.Chains[0].Functions[^1];
    }

    /// <summary>Notices that were handed on.</summary>
    public CollectedNotices Notices { get; } = new();

    /// <summary>Records that NFs wrote.</summary>
    public CollectedRecords Records { get; } = new();

    /// <summary>The chain's runner, for its counters.</summary>
    public ChainRunner Runner => _parts.Runner;

    /// <summary>The worker, for what its pools hold.</summary>
    public WorkerParts Parts => _parts;

    /// <summary>The worker's flows.</summary>
    public FlowTable Flows => _parts.Flows;

    /// <summary>Events built by the worker's bus, by type number.</summary>
    public EventBus Bus => _parts.Bus;

    /// <summary>A bench for one kind of NF with options as in documents,
    /// hearing what the kind declares.</summary>
    /// <param name="options">The NF's options.</param>
    /// <param name="dpiFlows">Flows that protocol identification can follow at once.</param>
    public static NfBench With<T>(object? options = null, uint dpiFlows = FlowMax)
        where T : INetworkFunction
    {
        NfManifest manifest = NfManifest.Of(typeof(T));
        string published = string.Join(
            ',', manifest.Publishes.Select(type => $"\"{EventTree.Types[type].Path}\""));
        string collector = published.Length == 0
            ? ChainBench.NfHearing("collector", "collector", """{"event":"EVENT/CHAIN"}""")
            : ChainBench.NfHearing("collector", "collector", $$"""{"name":"all","events":[{{published}}]}""");
        return new NfBench(
            ChainBench.Document(2, ChainBench.Nf("nf", manifest.Kind, options), collector), dpiFlows,
            [typeof(T)]);
    }

    /// <summary>A bench for a chain of NFs, each given as JSON.</summary>
    public static NfBench Chain(string[] nfs, params Type[] kinds)
    {
        string collector = ChainBench.NfHearing("collector", "collector", """{"event":"EVENT/CHAIN"}""");
        return new NfBench(ChainBench.Document(2, [.. nfs, collector]), FlowMax, kinds);
    }

    /// <summary>As Listening, with room for so many flows and halves; flows end after their idle
    /// times.</summary>
    public static NfBench Sized(uint flowMax, uint tcpFlowMax, string[] nfs, params Type[] kinds)
    {
        string collector = ChainBench.NfHearing("collector", "collector", """{"event":"EVENT/CHAIN"}""");
        return new NfBench(
            ChainBench.Document(1, [.. nfs, collector]), flowMax, kinds, flowMax, tcpFlowMax,
            new FlowTimeouts());
    }

    /// <summary>As Chain, but the chain only listens: it has one port.</summary>
    public static NfBench Listening(string[] nfs, params Type[] kinds)
    {
        string collector = ChainBench.NfHearing("collector", "collector", """{"event":"EVENT/CHAIN"}""");
        return new NfBench(ChainBench.Document(1, [.. nfs, collector]), FlowMax, kinds);
    }

    /// <summary>Plays the frames of a script.</summary>
    public NfBench Play(TcpScript script) => Play(script.Frames);

    /// <summary>Plays frames in their order.</summary>
    public NfBench Play(IEnumerable<Frame> frames)
    {
        string path = Path.GetTempFileName();
        try
        {
            PcapFile.Write(path, frames);
            using CapturePort port = CapturePort.Open("a", path, index: 0);
            Worker worker = _parts.WorkerOver([new PortPair(port, null)]);
            while (!worker.Exhausted)
            {
                worker.RunOnce();
            }
        }
        finally
        {
            File.Delete(path);
        }

        return this;
    }

    /// <summary>Sends frames of a client through the chain between two ports; what came out on its side and
    /// on
    /// the server's.</summary>
    public (IReadOnlyList<byte[]> ToClient, IReadOnlyList<byte[]> ToServer) PlayInline(
        IEnumerable<Frame> frames)
    {
        (LoopbackPort wan, LoopbackPort client) = LoopbackPort.Pair("a", "client", 0, _parts.Clock);
        (LoopbackPort lan, LoopbackPort server) = LoopbackPort.Pair("b", "server", 1, _parts.Clock);
        using (wan)
        using (client)
        using (lan)
        using (server)
        {
            Worker worker = _parts.WorkerOver([new PortPair(wan, lan), new PortPair(lan, wan)]);
            foreach (Frame frame in frames)
            {
                client.TrySend(frame.Bytes);
                worker.RunOnce();
            }

            return (All(client), All(server));
        }
    }

    /// <summary>Ends all flows.</summary>
    public NfBench EndAll()
    {
        _parts.Path.EndAll();
        return this;
    }

    /// <summary>Bodies of the events of a type that the NF published, descendants included.</summary>
    public IReadOnlyList<T> Published<T>()
        where T : unmanaged, IEvent =>
        [.. _collector.Heard.Where(heard => EventTree.IsA(heard.Record.TypeId, EventType<T>.Id))
            .Select(heard => BodyOf<T>(heard.Record))];

    /// <summary>Everything the NF published, with side blocks.</summary>
    public IReadOnlyList<(EventRecord Record, byte[] SideBlock)> PublishedEvents => _collector.Heard;

    public void Dispose()
    {
        _parts.Dispose();
        _resources.Dispose();
    }

    private static List<byte[]> All(LoopbackPort port)
    {
        var frames = new List<byte[]>();
        while (port.TakeFrame() is { } frame)
        {
            frames.Add(frame);
        }

        return frames;
    }

    private static T BodyOf<T>(EventRecord record)
        where T : unmanaged, IEvent =>
        EventRecord.BodyOf<T>(in record);

    /// <summary>Keeps what the NF before it publishes.</summary>
    [NetworkFunction("collector", PacketAccess.Read)]
    private sealed class PublishedCollector : INetworkFunction, IHandle<AnyEvent>
    {
        private readonly List<(EventRecord, byte[])> _heard = [];

        public IReadOnlyList<(EventRecord Record, byte[] SideBlock)> Heard => _heard;

        public Verdict Handle(in Event<AnyEvent> e, NfContext context)
        {
            _heard.Add((e.Record, context.SideBlock.ToArray()));
            return Verdict.Pass;
        }
    }

    private sealed class Resources(uint dpiFlows) : INfResources, IDisposable
    {
        private ProtocolIdentifier? _identifier;
        private HostNames? _hosts;

        public object? Find(Type type, string name) =>
            type == typeof(ProtocolIdentifier) ? _identifier ??= new ProtocolIdentifier(dpiFlows)
            : type == typeof(HostNames) ? _hosts ??= new HostNames(dpiFlows)
            : null;

        public void Dispose()
        {
            _identifier?.Dispose();
            _hosts?.Dispose();
        }
    }
}
