using Dataplane.Chains;
using Dataplane.Contract.Shared;
using Dataplane.Control;
using Dataplane.Engine;
using Dataplane.Events;
using Dataplane.Notices;
using Dataplane.Packets;
using Testing;

namespace Dataplane.Tests.Control;

/// <summary>What the stats segment says of the rings to NFs on other cores.</summary>
public sealed class QueueCounterTests : IDisposable
{
    private const string Packets = """{"name":"packets","event":"PKT_IN"}""";
    private const int PacketCount = 400;

    /// <summary>Shorter than what makes an NF hang.</summary>
    private static readonly TimeSpan HoldUp = TimeSpan.FromMilliseconds(300);

    private readonly string _folder = Directory.CreateTempSubdirectory("queues-").FullName;

    [Fact]
    public void A_ring_tells_how_much_waits_how_much_did_and_what_was_shed()
    {
        using var release = new ManualResetEventSlim();
        using ParallelBench bench = Bench("\"onFull\":\"shed\",");
        bench.Nf<Recorder>("slow").Then = (_, _) =>
        {
            release.Wait(HoldUp);
            return Verdict.Pass;
        };
        NfRow held = default;
        Recorder here = bench.Nf<Recorder>("here");
        here.Then = (_, _) =>
        {
            if (here.Events.Count == PacketCount - 50)
            {
                held = RowOf(bench, "slow");
                release.Set();
            }

            return Verdict.Pass;
        };
        bench.Play(Talk());
        bench.EndAll();
        NfRow after = RowOf(bench, "slow");

        Assert.InRange(held.QueuePackets, 200u, held.QueueMax);
        Assert.Equal(1_024u, held.QueueMax);
        Assert.InRange(held.QueueHighWater, held.QueuePackets, held.QueueMax);
        Assert.Equal(0u, after.QueuePackets);
        Assert.InRange(after.QueueHighWater, held.QueueHighWater, held.QueueMax);
        Assert.True(after.Shed > 0);
        Assert.Equal(0u, after.QueueWaits);
        Assert.Equal((ulong)here.Events.Count, after.EventsHandled + after.Shed);
    }

    [Fact]
    public void A_ring_that_blocks_sheds_nothing_and_counts_the_waits()
    {
        using ParallelBench bench = Bench("");
        bench.Nf<Recorder>("slow").Then = (_, _) =>
        {
            Thread.SpinWait(2_000);
            return Verdict.Pass;
        };
        bench.Play(Talk(3 * PacketCount));
        bench.EndAll();
        NfRow row = RowOf(bench, "slow");

        Assert.True(row.QueueWaits > 0);
        Assert.Equal(0u, row.Shed);
        Assert.Equal((ulong)bench.Nf<Recorder>("here").Events.Count, row.EventsHandled);
    }

    [Fact]
    public void An_NF_on_its_worker_has_no_ring()
    {
        using ParallelBench bench = Bench("");
        bench.Play(Talk());
        NfRow row = RowOf(bench, "here");
        Assert.True(row.EventsHandled > PacketCount);
        Assert.Equal(
            (0u, 0u, 0u, 0u), (row.QueuePackets, row.QueueHighWater, row.QueueMax, row.QueueWaits));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static ParallelBench Bench(string more) => ParallelBench.Of(
        ChainBench.Document(
            1,
            $$"""
            {"name":"slow","kind":"recorder","placement":"parallel",{{more}}"subscriptions":[{{Packets}}]}
            """,
            $$"""{"name":"here","kind":"recorder","placement":"inline","subscriptions":[{{Packets}}]}"""),
        typeof(Recorder));

    private static TcpScript Talk(int packets = PacketCount)
    {
        TcpScript script = TcpScript.Between("10.0.0.1:7000", "10.0.0.2:80")
            .Every(TimeSpan.FromMilliseconds(1)).Handshake();
        for (int i = 0; i < packets; i++)
        {
            script.ClientSends("x");
        }

        return script;
    }

    private NfRow RowOf(ParallelBench bench, string name)
    {
        using var sinks = new EngineSinks();
        using var sampler = new FlowSampler(bench.Parts.Flows, 0);
        using var engine = new FakeEngine
        {
            Workers =
            [
                new WorkerView(
                    -1, bench.Parts.Counters, bench.Parts.Flows, bench.Parts.Bus, bench.Runner, sampler),
            ],
        };
        using NoticeSpool spool = NoticeSpool.Open(
            new NoticeSpoolSettings { Folder = Path.Combine(_folder, "spool"), SegmentBytes = 65_536 },
            ControlLoop.NowUs);
        string path = Path.Combine(_folder, StatsLayout.File);
        using var stats = new StatsSegment(path, engine, sinks, spool, ControlLoop.NowUs);
        stats.Write(ControlLoop.NowUs);
        using StatsReader reader = StatsReader.Open(path)!;
        return Assert.Single(reader.Read<NfRow>(StatsLayout.Nfs), row => row.Name.ToString() == name);
    }
}
