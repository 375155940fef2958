using Dataplane.Contract.Shared;
using Dataplane.Engine;
using Dataplane.Flows;
using Dataplane.Native.Memory;
using Dataplane.NetworkFunctions;
using Dataplane.Notices;

namespace Dataplane.Control;

/// <summary>The tables of the largest flows and of flows by depth, from the workers' samplers.</summary>
/// <remarks>Nothing is allocated after construction. Threads: the control thread.</remarks>
internal sealed class StatsFlows
{
    /// <summary>A sampler that publishes just now is asked again;
    /// its state is copied in a microsecond.</summary>
    private const int AttemptsMax = 100;

    /// <summary>The chain of a flow that still runs in that of an older revision.</summary>
    private const ushort OldChain = ushort.MaxValue;

    private static readonly Comparison<FlowRow> LargestFirst = static (a, b) =>
        (b.ClientBytes + b.ServerBytes).CompareTo(a.ClientBytes + a.ServerBytes);

    private readonly TopFlow[] _sample = new TopFlow[FlowSampler.TopMax];
    private readonly ulong[] _sampleDepths = new ulong[FlowSampler.DepthCount];
    private readonly NamedCountRow[] _depths = [.. DepthName.Distinct
        .Select(name => new NamedCountRow { Name = SharedName.Of(name) })];

    private readonly FlowRow[] _flows = new FlowRow[FlowSampler.TopMax * 64];
    private int _flowCount;

    public ReadOnlySpan<NamedCountRow> Depths => _depths;

    public ReadOnlySpan<FlowRow> TopFlows => _flows.AsSpan(0, Math.Min(_flowCount, StatsLayout.TopFlowsMax));

    public void Fill(IReadOnlyList<WorkerView> workers, EngineSinks sinks, long nowUs)
    {
        _flowCount = 0;
        for (int depth = 0; depth < _depths.Length; depth++)
        {
            _depths[depth].Count = 0;
        }
        for (int worker = 0; worker < workers.Count; worker++)
        {
            int count = Read(workers[worker].Sampler);
            for (int depth = 0; depth < _sampleDepths.Length; depth++)
            {
                _depths[DepthName.IndexOf((StackDepth)depth)].Count += _sampleDepths[depth];
            }
            for (int i = 0; i < count && _flowCount < _flows.Length; i++)
            {
                _flows[_flowCount++] = RowOf(
                    in _sample[i], worker, workers[worker].Runner.FirstPlan, sinks.SpoolSinkOf(worker),
                    nowUs);
            }
        }
        _flows.AsSpan(0, _flowCount).Sort(LargestFirst);
    }

    private int Read(FlowSampler sampler)
    {
        for (int attempt = 0; attempt < AttemptsMax; attempt++)
        {
            if (sampler.TryRead(_sample, _sampleDepths, out int count))
            {
                return count;
            }
        }
        Array.Clear(_sampleDepths);
        return 0;
    }

    private static FlowRow RowOf(
        ref readonly TopFlow flow, int worker, int firstPlan, SpoolSink? sink, long nowUs)
    {
        bool clientIsB = (flow.Entry.Flags & FlowFlags.ClientIsB) != 0;
        ref readonly FlowKey key = ref flow.Key;
        SharedAddress a = AddressOf(key.AddressAHigh, key.AddressALow);
        SharedAddress b = AddressOf(key.AddressBHigh, key.AddressBLow);
        ProtocolName protocol = sink?.Protocols.Find(flow.Flow, flow.Entry.Generation) ?? default;
        return new FlowRow
        {
            Flow = flow.Flow.Identity(flow.Entry.Generation),
            ClientAddress = clientIsB ? b : a,
            ServerAddress = clientIsB ? a : b,
            ClientPort = clientIsB ? key.PortB : key.PortA,
            ServerPort = clientIsB ? key.PortA : key.PortB,
            Vlan = key.Vlan,
            InnerVlan = key.InnerVlan,
            Protocol = key.Protocol,
            Depth = (byte)DepthName.IndexOf(flow.Entry.Depth),
            Chain = flow.Entry.Plan < firstPlan ? OldChain : (ushort)(flow.Entry.Plan - firstPlan),
            Worker = (ushort)worker,
            ClientPackets = flow.Entry.ClientPackets,
            ClientBytes = flow.Entry.ClientBytes,
            ServerPackets = flow.Entry.ServerPackets,
            ServerBytes = flow.Entry.ServerBytes,
            FirstSeen = MomentOf(flow.StartedMs, nowUs),
            LastSeen = MomentOf(flow.Entry.LastSeenMs, nowUs),
            LinkMask = flow.Entry.LinkMask,
            AppProtocol = SharedName.Of(ProtocolName.Text(in protocol)),
        };
    }

    /// <summary>Microseconds since 1970 of a time in wrapped milliseconds;
    /// a time later than ours is now.</summary>
    private static long MomentOf(uint wrappedMs, long nowUs)
    {
        uint agoMs = (uint)(nowUs / 1_000) - wrappedMs;
        return nowUs - (agoMs > int.MaxValue ? 0 : agoMs * 1_000L);
    }

    private static SharedAddress AddressOf(ulong high, ulong low)
    {
        SharedAddress address = default;
        Reinterpret.BytesOf(in high).CopyTo(address);
        Reinterpret.BytesOf(in low).CopyTo(((Span<byte>)address)[sizeof(ulong)..]);
        return address;
    }
}
