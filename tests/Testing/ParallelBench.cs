using Dataplane.Chains;
using Dataplane.Chains.Parallel;
using Dataplane.Engine;
using Dataplane.Flows;
using Dataplane.Inspection;
using Dataplane.Packets;
using Dataplane.Ports;
using Dataplane.Stacks.Applications;
using Dataplane.Stacks.TcpMonitor;
using Dataplane.Time;

namespace Testing;

/// <summary>A whole worker over captures, with NFs wherever the document places them.</summary>
/// <remarks>Two ports in the document: a bridge from the capture to a port that keeps what leaves.</remarks>
public sealed class ParallelBench : IDisposable
{
    private const uint FlowMax = 4_096;
    private const uint FewFlows = 64;
    private readonly Resources _resources = new();
    private readonly WorkerParts _parts;
    private readonly bool _isBridge;

    private readonly int _burst;
    private readonly Type[] _kinds;

    private ParallelBench(
        string document, Type[] kinds, ILaneHost? lanes = null, int burst = 0, uint flowMax = FlowMax,
        INfResources? resources = null)
    {
        (_burst, _kinds) = (burst, kinds);
        PlanResult plan = ChainBench.Plan(document, kinds);
        if (plan.Faults.Count > 0)
        {
            throw new ArgumentException(string.Join("\n", plan.Faults));
        }

        Plan = plan;
        _isBridge = plan.Chains[0].IsInline;
        var settings =
            new WorkerSettings
            {
                FlowMax = flowMax,
                Clock = new VirtualClock(),
                Hash = FlowHash.Fixed,
                NfHost = lanes,
                Streams = new StreamSettings { StreamMax = 2 * flowMax, RunMax = 16 * flowMax },
                Applications = new ApplicationLimits { FlowMax = (int)flowMax, Stock = 1 },
            };
        _parts = new WorkerParts(settings, Notices, Records);
        INfResources all = resources ?? _resources;
        _parts.Runner.Use([.. plan.Chains.Select(chain => new ChainInstance(chain, flowMax, all))]);
    }

    public PlanResult Plan { get; }

    public CollectedNotices Notices { get; } = new();

    public CollectedRecords Records { get; } = new();

    public WorkerParts Parts => _parts;

    public ChainRunner Runner => _parts.Runner;

    /// <summary>Frames that left, in order.</summary>
    public IReadOnlyList<byte[]> Sent => _sent;

    private readonly List<byte[]> _sent = [];

    public static ParallelBench Of(string document, params Type[] kinds) => new(document, kinds);

    /// <summary>A bench for few flows whose NFs on other cores are run by the given host, over bursts of that
    /// size.</summary>
    public static ParallelBench With(
        ILaneHost? lanes, int burst, string document, params Type[] kinds) =>
        new(document, kinds, lanes, burst, FewFlows);

    /// <summary>A bench with rule sets and whatever else its NFs ask for.</summary>
    public static ParallelBench Examining(
        string document, ILaneHost? lanes, INfResources? resources, params Type[] kinds) =>
        new(document, kinds, lanes, resources: resources);

    /// <summary>The instance of the NF with that name.</summary>
    public T Nf<T>(string name)
        where T : INetworkFunction =>
        (T)Runner.Chains[0].Functions[
            Runner.Chains[0].Chain.Functions.First(function => function.Name == name).Index];

    /// <summary>Plays a script.</summary>
    public ParallelBench Play(TcpScript script) => Play(script.Frames);

    /// <summary>Plays frames in their order.</summary>
    public ParallelBench Play(IEnumerable<Frame> frames)
    {
        string path = Path.GetTempFileName();
        try
        {
            PcapFile.Write(path, frames);
            return PlayCapture(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>Plays a capture file; between bursts something may be done.</summary>
    public ParallelBench PlayCapture(string path, Action? between = null)
    {
        using CapturePort port = CapturePort.Open("a", path, index: 0);
        using var egress = new KeepingPort(_sent);
        Worker worker = _parts.WorkerOver([new PortPair(port, _isBridge ? egress : null)],
            _burst == 0 ? Worker.BurstDefault : _burst);
        while (!worker.Exhausted)
        {
            worker.RunOnce();
            between?.Invoke();
        }

        return this;
    }

    /// <summary>Moves NFs to where another document has them that differs in nothing else.</summary>
    public void Place(string document)
    {
        PlanResult plan = ChainBench.Plan(document, _kinds);
        ChainInstance[] before = [.. Runner.Chains];
        Runner.Use([.. before.Select((chain, i) => chain.PlacedAs(plan.Chains[i]))]);
        Array.ForEach(before, chain => chain.Dispose());
    }

    /// <summary>Ends all flows.</summary>
    public ParallelBench EndAll()
    {
        _parts.Path.EndAll();
        return this;
    }

    public void Dispose()
    {
        _parts.Dispose();
        _resources.Dispose();
    }

    private sealed class KeepingPort(List<byte[]> sent) : IPort
    {
        public string Id => "b";

        public string Device => "test";

        public byte Index => 1;

        public LinkType LinkType => LinkType.Ethernet;

        public object Pool => this;

        public bool Exhausted => true;

        public PortCounters Counters => default;

        public int Receive(PacketBurst burst, int most) => burst.Count = 0;

        public bool Send(ref Packet packet) => SendCopy(packet.Frame);

        public bool SendCopy(Dataplane.Native.Memory.PacketBytes frame)
        {
            sent.Add(frame.Span.ToArray());
            return true;
        }

        public void Flush()
        {
        }

        public void Free(ref Packet packet)
        {
        }

        public void Dispose()
        {
        }
    }

    private sealed class Resources : INfResources, IDisposable
    {
        private readonly List<ProtocolIdentifier> _identifiers = [];
        private readonly List<HostNames> _hosts = [];

        public object? Find(Type type, string name)
        {
            if (type == typeof(HostNames))
            {
                _hosts.Add(new HostNames(FlowMax));
                return _hosts[^1];
            }

            if (type != typeof(ProtocolIdentifier))
            {
                return null;
            }

            _identifiers.Add(new ProtocolIdentifier(FlowMax));
            return _identifiers[^1];
        }

        public void Dispose()
        {
            _identifiers.ForEach(identifier => identifier.Dispose());
            _hosts.ForEach(hosts => hosts.Dispose());
        }
    }
}
