using Dataplane.Engine;
using Dataplane.Packets;
using Dataplane.Stacks.TcpMonitor;

namespace Dataplane.Benchmarks.Scale;

/// <summary>A worker whose flows stay open: first all are opened, then each run goes on with them.</summary>
public sealed class ScaleSubject : IDisposable
{
    /// <summary>Spare slots are a fiftieth: with all flows open two thirds of the lanes of the index are
    /// taken, below the 80 % that the goal allows.</summary>
    private const uint SpareShare = 50;
    private readonly ScalePort _port;
    private readonly long _packets;

    /// <summary>A chain over so many flows; each run takes so many packets.</summary>
    public ScaleSubject(
        uint flows, string stages, RuleSets rules, long packetsOfRun, StreamSettings? streams = null)
    {
        _port = new ScalePort(flows);
        _packets = packetsOfRun;
        Flows = flows;
        Chain = new ChainSubject(
            _port, null, stages, rules, flowMax: Math.Max(1_024, flows + (flows / SpareShare)),
            streams: streams, tcpFlowMax: flows);
    }

    public ChainSubject Chain { get; }

    /// <summary>Memory that the worker's pools and the chain's NFs took, by pool, in bytes.</summary>
    public IReadOnlyList<(string Pool, ulong Bytes)> Memory =>
    [
        .. WorkerPools.Of(Chain.Parts).Select(pool => (pool.Name, pool.Bytes)),
        ("state of NFs", Chain.Parts.Runner.Chains[0].StateBytes),
    ];

    public uint Flows { get; }

    /// <summary>Handshakes of all flows.</summary>
    public void Open()
    {
        _port.Give(_port.OpeningPackets);
        _ = Drain();
    }

    /// <summary>The next packets of the open flows; answers how many.</summary>
    public long Run()
    {
        _port.Give(_packets);
        return Drain();
    }

    /// <summary>Packets as the port makes them, given to nobody: to be taken off.</summary>
    public static Func<long> Generator(uint flows, long packets)
    {
        var port = new ScalePort(flows);
        var burst = new PacketBurst();
        return () =>
        {
            port.Give(packets);
            while (port.Receive(burst, PacketBurst.CapacityMax) > 0)
            {
            }

            return packets;
        };
    }

    public void Dispose() => Chain.Dispose();

    private long Drain()
    {
        long packets = 0;
        while (!_port.Exhausted)
        {
            packets += Chain.Worker.RunOnce();
        }

        return packets;
    }
}
