using Dataplane.Chains;
using Dataplane.Chains.Parallel;
using Dataplane.Contract.Configuration;
using Dataplane.Counters;
using Dataplane.Events;
using Dataplane.Flows;
using Dataplane.Native.Memory;
using Dataplane.Ports;
using Dataplane.Stacks.Applications;
using Dataplane.Stacks.Layer23;
using Dataplane.Stacks.TcpMonitor;
using Dataplane.Time;

namespace Dataplane.Engine;

/// <summary>Everything one worker owns, made on the control thread and disposed when the worker has
/// stopped.</summary>
public sealed class WorkerParts : IDisposable
{
    private readonly FlowAging? _aging;
    private readonly byte _number;

    /// <summary>Makes the parts of a worker.</summary>
    public WorkerParts(WorkerSettings settings, INoticeSink notices, IRecordSink records)
    {
        MemoryPages pages = settings.Pages;
        _number = settings.Worker;
        Clock = settings.Clock;
        Hash = settings.Hash;
        Flows = new FlowTable(settings.FlowMax, settings.Hash, pages);
        _aging = settings.Timeouts is null
            ? null
            : new FlowAging(Flows, settings.Timeouts, Clock.NowMs, pages);
        Bus = new EventBus();
        Layer23 = new Layer23Stack(settings.Fragments);
        Tcp = new TcpMonitorStack(
            Bus, Flows, settings.TcpFlowMax ?? settings.FlowMax, settings.Streams, pages);
        Applications = new ApplicationStack(Bus, Flows, settings.FlowMax, settings.Applications);
        Runner = new ChainRunner(settings.Worker, Bus, Flows, Tcp, notices, records,
            settings.NfHost ?? new LaneThreads(settings.Worker, settings.NfCores));
        Runner.FollowBy(Applications);
        Runner.InjectBy(Injections);
        Tcp.Streams.ReadBy(Applications);
        Sampler = settings.Timeouts is null ? null : new FlowSampler(Flows, settings.Worker);
        Path = new PacketPath(Flows, _aging, Clock, Counters, Bus, Runner, Tcp, Applications, Sampler);
    }

    /// <summary>Memory of the flow table and its wheel.</summary>
    public ulong FlowBytes => Flows.Bytes + (_aging?.Bytes ?? 0);

    public Clock Clock { get; }

    public FlowHash Hash { get; }

    public FlowTable Flows { get; }

    public CounterBlock Counters { get; } = new();

    public EventBus Bus { get; }

    public Layer23Stack Layer23 { get; }

    public TcpMonitorStack Tcp { get; }

    public ApplicationStack Applications { get; }

    public ChainRunner Runner { get; }

    /// <summary>What tells ends that their flow was refused.</summary>
    public Rejections Rejections { get; } = new();

    /// <summary>What sends frames of NFs' own making.</summary>
    public Injections Injections { get; } = new();

    public PacketPath Path { get; }

    /// <summary>Largest flows and depths, for people; null in a run without ageing.</summary>
    public FlowSampler? Sampler { get; }

    /// <summary>Judges packets by what a document asks for; called between bursts.</summary>
    /// <param name="stack">The document's choice.</param>
    /// <param name="isLive">True for live traffic, which is judged strictly unless the document says
    /// otherwise.</param>
    public void Use(StackDefinition stack, bool isLive)
    {
        var tcp = TcpSettings.Of(stack, isLive);
        Tcp.Use(tcp);
        Layer23.Use(tcp.Hosts);
    }

    /// <summary>The loop over the given ports.</summary>
    public Worker WorkerOver(
        PortPair[] ports, int burstSize = Worker.BurstDefault, WorkerMesh? mesh = null)
    {
        Injections.Use(ports);
        return new(Path, Layer23, ports, Clock, Hash, burstSize,
            mesh is null ? null : new WorkerPeers(mesh, _number, Counters), Rejections);
    }

    public void Dispose()
    {
        Runner.Dispose();
        Applications.Dispose();
        Rejections.Dispose();
        Injections.Dispose();
        Tcp.Dispose();
        Sampler?.Dispose();
        Layer23.Dispose();
        _aging?.Dispose();
        Flows.Dispose();
    }
}

/// <summary>Sizes and choices of one worker.</summary>
public sealed record WorkerSettings
{
    /// <summary>Its number, the upper bits of its flows' ids.</summary>
    public byte Worker { get; init; }

    public required uint FlowMax { get; init; }

    /// <summary>Flows whose TCP halves are followed at once; null: as many as there are flows.</summary>
    public uint? TcpFlowMax { get; init; }

    public required Clock Clock { get; init; }

    public required FlowHash Hash { get; init; }

    /// <summary>Null: flows live until the end of the capture.</summary>
    public FlowTimeouts? Timeouts { get; init; }

    public StreamSettings Streams { get; init; } = new();

    public ApplicationLimits Applications { get; init; } = new();

    public FragmentSettings Fragments { get; init; } = new();

    /// <summary>Cores of NFs that run elsewhere, by turns; -1 leaves their threads where the system puts
    /// them.</summary>
    public IReadOnlyList<int> NfCores { get; init; } = [CorePlan.Unpinned];

    /// <summary>Runs NFs that are placed on other cores; null: threads on <see cref="NfCores"/>.</summary>
    public ILaneHost? NfHost { get; init; }

    public MemoryPages Pages { get; init; } = MemoryPages.Normal;
}
