using System.Text;
using Dataplane.Chains;
using Dataplane.Events;
using Testing;

namespace Dataplane.Tests.Chains.Parallel;

/// <summary>NFs on other cores that throw, hang or fall behind.</summary>
public sealed class LaneContainmentTests
{
    private const string Packets = """{"name":"packets","event":"PKT_IN"}""";

    /// <summary>Shorter than what makes an NF hang.</summary>
    private static readonly TimeSpan HoldUp = TimeSpan.FromMilliseconds(300);

    [Fact]
    public void One_that_hangs_is_detached_and_named_and_only_its_packet_is_lost()
    {
        using var release = new ManualResetEventSlim();
        using ParallelBench bench = ParallelBench.Of(
            ChainBench.Document(1, LaneTests.Nf("hangs", "parallel", Packets),
                LaneTests.Nf("other", "parallel", Packets), LaneTests.Nf("here", "inline", Packets)),
            typeof(Recorder));
        bench.Nf<Recorder>("hangs").Then = (_, _) =>
        {
            release.Wait();
            return Verdict.Pass;
        };
        for (int i = 0; i < 10; i++)
        {
            bench.Play(LaneTests.Talk(i));
        }

        bench.EndAll();
        CollectedNotices.Entry notice = Assert.Single(bench.Notices.Entries);
        Assert.Equal("EVENT/CHAIN/NF_FAULT", EventTree.Types[notice.Record.TypeId].Path);
        Assert.Equal("hangs", notice.Nf ?? NameIn(notice));
        Assert.Equal(1, bench.Runner.LostBufferCount);
        Assert.Single(bench.Nf<Recorder>("hangs").Events);
        Assert.Equal(
            LaneTests.Texts(bench.Nf<Recorder>("here")), LaneTests.Texts(bench.Nf<Recorder>("other")));
        release.Set();
    }

    [Fact]
    public void One_that_returns_after_it_was_detached_hears_nothing_more_not_even_when_its_worker_is_gone()
    {
        using var release = new ManualResetEventSlim();
        Thread? inside = null;
        Recorder recorder;
        using (ParallelBench bench = ParallelBench.Of(
            ChainBench.Document(1, LaneTests.Nf("hangs", "parallel", Packets)), typeof(Recorder)))
        {
            recorder = bench.Nf<Recorder>("hangs");
            recorder.Then = (_, _) =>
            {
                inside = Thread.CurrentThread;
                release.Wait();
                return Verdict.Pass;
            };
            for (int i = 0; i < 10; i++)
            {
                bench.Play(LaneTests.Talk(i));
            }

            bench.EndAll();
        }

        release.Set();
        Assert.True(inside!.Join(TimeSpan.FromSeconds(60)), "Its thread does not end.");
        Assert.Single(recorder.Events);
    }

    [Theory]
    [InlineData("open")]
    [InlineData("closed")]
    public void One_that_throws_sixteen_times_in_a_second_is_taken_out_by_its_policy(string onFault)
    {
        using ParallelBench bench = ParallelBench.Of(
            ChainBench.Document(
                2,
                "{\"name\":\"t\",\"kind\":\"thrower\",\"placement\":\"parallel\",\"onFault\":\""
                + onFault + "\"}",
                LaneTests.Nf("here", "inline", Packets)),
            typeof(Thrower), typeof(Recorder));
        bench.Play(Fast(0)); // more than sixteen packets
        int sent = bench.Sent.Count;
        bench.Play(Fast(1));
        CollectedNotices.Entry notice = Assert.Single(bench.Notices.Entries);
        Assert.Equal("EVENT/CHAIN/NF_FAULT", EventTree.Types[notice.Record.TypeId].Path);
        Assert.Contains("The thrower throws.", Encoding.UTF8.GetString(notice.SideBlock),
            StringComparison.Ordinal);
        Assert.Equal(onFault == "open", bench.Sent.Count > sent);
    }

    [Fact]
    public void A_slow_one_that_blocks_misses_nothing_and_says_so()
    {
        using ParallelBench bench = ParallelBench.Of(
            ChainBench.Document(1, LaneTests.Nf("slow", "parallel", Packets),
                LaneTests.Nf("here", "inline", Packets,
                    """{"name":"chain","event":"EVENT/CHAIN/BACKPRESSURE"}""")),
            typeof(Recorder));
        bench.Nf<Recorder>("slow").Then = (_, _) =>
        {
            Thread.SpinWait(2_000);
            return Verdict.Pass;
        };
        bench.Play(Many(3_000));
        bench.EndAll();
        string[] here = LaneTests.Texts(bench.Nf<Recorder>("here"));
        Assert.Equal(
            here.Where(text => !text.Contains("BACKPRESSURE", StringComparison.Ordinal)),
            LaneTests.Texts(bench.Nf<Recorder>("slow")));
        Assert.Contains(here, text => text.Contains("BACKPRESSURE", StringComparison.Ordinal));
    }

    [Fact]
    public void A_slow_one_that_sheds_misses_what_is_counted_and_delays_nobody()
    {
        using var release = new ManualResetEventSlim();
        string shedding = LaneTests.Nf("slow", "parallel", Packets).Replace(
            "\"kind\"", "\"onFull\":\"shed\",\"kind\"", StringComparison.Ordinal);
        using ParallelBench bench = ParallelBench.Of(
            ChainBench.Document(1, shedding, LaneTests.Nf("here", "inline", Packets,
                """{"name":"chain","event":"EVENT/CHAIN/OVERLOAD"}""")),
            typeof(Recorder));
        Recorder here = bench.Nf<Recorder>("here");
        bench.Nf<Recorder>("slow").Then = (_, _) =>
        {
            release.Wait(HoldUp);
            return Verdict.Pass;
        };
        here.Then = (_, _) =>
        {
            if (here.Events.Count == 2_000)
            {
                release.Set();
            }

            return Verdict.Pass;
        };
        bench.Play(Many(1_500));
        bench.EndAll();
        long shed = here.Events.Where(e => e.Path == "EVENT/CHAIN/OVERLOAD").Sum(e => Dropped(e.Record));
        int heard = here.Events.Count(e => e.Path != "EVENT/CHAIN/OVERLOAD");
        Assert.True(shed > 0);
        Assert.Equal(heard, bench.Nf<Recorder>("slow").Events.Count + shed);
    }

    [Fact]
    public void Only_an_observer_may_shed()
    {
        PlanResult plan = ChainBench.Plan(
            ChainBench.Document(2, """{"name":"r","kind":"recorder","onFull":"shed"}"""), typeof(Recorder));
        Assert.Equal("not-an-observer", Assert.Single(plan.Faults).Code);
    }

    private static long Dropped(EventRecord record) => EventRecord.BodyOf<ChainOverload>(in record).Dropped;

    private static string NameIn(CollectedNotices.Entry notice) =>
        Encoding.UTF8.GetString(notice.SideBlock, 2, BitConverter.ToUInt16(notice.SideBlock));

    private static TcpScript Fast(int number)
    {
        TcpScript script = TcpScript.Between($"10.0.0.1:{6000 + number}", "10.0.0.2:80")
            .Every(TimeSpan.FromMilliseconds(1)).Handshake();
        for (int i = 0; i < 20; i++)
        {
            script.ClientSends("x");
        }

        return script;
    }

    private static TcpScript Many(int count)
    {
        TcpScript script = TcpScript.Between("10.0.0.1:7000", "10.0.0.2:80")
            .Every(TimeSpan.FromMilliseconds(1)).Handshake();
        for (int i = 0; i < count; i++)
        {
            script.ClientSends("x");
        }

        return script;
    }
}
