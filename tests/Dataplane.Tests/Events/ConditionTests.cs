using Dataplane.Chains;
using Dataplane.Contract.Configuration;
using Dataplane.Events;
using Dataplane.Packets;
using Testing;

namespace Dataplane.Tests.Events;

/// <summary>Predicates, defined events and limits of subscriptions.</summary>
public sealed class ConditionTests
{
    [Fact]
    public void E4_A_predicate_must_hold_besides_sender_and_filter()
    {
        using ChainBench bench = ChainBench.Of(
            Chain("""{"event":"PKT_IN","sender":"client","filter":"port 4000","where":"plen > 1000"}"""),
            typeof(Recorder));
        foreach (uint slot in new uint[] { 0, 1 })
        {
            bench.Packet(Side.Client, () => Segments(bench, Side.Server, 1001, 1000), slot);
            bench.Packet(Side.Server, () => Segments(bench, Side.Client, 1001, 1000), slot);
        }

        Recorder.Heard heard = Assert.Single(bench.Nf<Recorder>("r").Events);
        Assert.Equal((0U, Side.Client), (heard.Record.Flow.Slot, heard.Sender));
    }

    [Fact]
    public void E5_An_event_that_a_predicate_excludes_is_not_built()
    {
        using ChainBench bench = ChainBench.Of(
            Chain("""{"event":"PKT_IN","where":"plen > 1000"}"""), typeof(Recorder));
        bench.Packet(Side.Client, () => Segments(bench, Side.Server, 1000));
        Assert.Equal((0UL, 0UL), (bench.Built<TcpPacket>(), bench.Bus.LastEventNumber));
        Assert.Equal(1UL, bench.Bus.FilteredCount);
        bench.Packet(Side.Client, () => Segments(bench, Side.Server, 1001));
        Assert.Equal((1UL, 1UL), (bench.Built<TcpPacket>(), bench.Bus.LastEventNumber));
    }

    [Fact]
    public void Trying_conditions_allocates_nothing()
    {
        using ChainBench bench = ChainBench.Of(
            Chain(
                """{"name":"a","event":"PKT_IN","where":"plen in {1, 5..9} or not side = client"}""",
                """{"name":"b","event":"PKT_IN","where":"plen > 0","oneIn":1000000,"limitPer":"flow"}"""),
            typeof(Recorder));
        bench.Packet(Side.Client, () => Segments(bench, Side.Server, 100));
        bench.Packet(Side.Client, () =>
        {
            Segments(bench, Side.Server, 100);
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 1_000; i++)
            {
                bench.Say(new TcpPacket(default, 0, 0, 0, 100, 0, 0, 0), Side.Server);
            }

            Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        });
        Assert.Single(bench.Nf<Recorder>("r").Events);
    }

    [Fact]
    public void E4_Of_an_NFs_subscriptions_any_will_do_each_with_its_own_predicate()
    {
        using ChainBench bench = ChainBench.Of(
            Chain(
                """{"name":"big","event":"PKT_IN","where":"plen > 1000"}""",
                """{"name":"small","event":"PKT_IN","where":"plen < 10"}"""),
            typeof(Recorder));
        bench.Packet(Side.Client, () => Segments(bench, Side.Server, 5, 500, 5000));
        Assert.Equal(2, bench.Nf<Recorder>("r").Events.Count);
    }

    [Theory]
    [InlineData("""{"event":"PKT_IN","where":"plenty > 1"}""", "EVENT/PKT/TCP has no field plenty")]
    [InlineData("""{"event":"PKT_IN","where":"plen > client"}""", "payloadLength is a number")]
    [InlineData("""{"events":["PKT_IN","EVENT/DATA_RDY"],"where":"plen > 1"}""", "DATA_RDY has no field")]
    public void A_wrong_predicate_is_a_fault_of_the_document(string subscription, string message)
    {
        ConfigFault fault = Assert.Single(ChainBench.Plan(Chain(subscription), typeof(Recorder)).Faults);
        Assert.Equal(
            ("/chains/0/stages/0/nfs/0/subscriptions/0/where", "bad-predicate"), (fault.Path, fault.Code));
        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_in_n_events_is_heard_counted_behind_the_predicate()
    {
        using ChainBench bench = ChainBench.Of(
            Chain("""{"event":"PKT_IN","where":"plen > 10","oneIn":3}"""), typeof(Recorder));
        bench.Packet(Side.Client, () => Segments(bench, Side.Server, 1, 11, 12, 2, 13, 14, 3, 15));
        Assert.Equal([11, 14], Lengths(bench.Nf<Recorder>("r")));
        Assert.Equal(2UL, bench.Built<TcpPacket>());
    }

    [Fact]
    public void At_most_n_events_a_second_are_heard_over_all_flows_or_over_each()
    {
        using ChainBench bench = ChainBench.Of(
            ChainBench.Document(1,
                ChainBench.NfHearing("r", "recorder", """{"event":"PKT_IN","perSecond":2}"""),
                ChainBench.NfHearing(
                    "f", "recorder", """{"event":"PKT_IN","perSecond":2,"limitPer":"flow"}""")),
            typeof(Recorder));
        foreach (uint slot in new uint[] { 0, 1 })
        {
            bench.Packet(Side.Client, () => Segments(bench, Side.Server, 1, 2, 3), slot);
        }

        Assert.Equal([1, 2], Lengths(bench.Nf<Recorder>("r")));
        Assert.Equal([1, 2, 1, 2], Lengths(bench.Nf<Recorder>("f")));
        bench.Wait(TimeSpan.FromSeconds(1));
        bench.Packet(Side.Client, () => Segments(bench, Side.Server, 4, 5, 6));
        Assert.Equal([1, 2, 4, 5], Lengths(bench.Nf<Recorder>("r")));
        Assert.Equal([1, 2, 1, 2, 4, 5], Lengths(bench.Nf<Recorder>("f")));
    }

    [Fact]
    public void A_limit_per_flow_begins_anew_with_the_flow()
    {
        using ChainBench bench = ChainBench.Of(
            Chain("""{"event":"PKT_IN","perSecond":1,"limitPer":"flow"}"""), typeof(Recorder));
        bench.Packet(Side.Client, () => Segments(bench, Side.Server, 1, 2));
        bench.End();
        bench.Packet(Side.Client, () => Segments(bench, Side.Server, 3, 4));
        Assert.Equal([1, 3], Lengths(bench.Nf<Recorder>("r")));
    }

    [Fact]
    public void A_subscription_that_is_not_enabled_is_off_until_the_NF_switches_it_on()
    {
        using ChainBench bench = ChainBench.Of(
            Chain(
                """{"name":"off","event":"EVENT/DATA_RDY","enabled":false}""",
                """{"name":"on","event":"PKT_IN"}"""),
            typeof(Recorder));
        Recorder recorder = bench.Nf<Recorder>("r");
        bench.Packet(Side.Client, Both);
        recorder.Then = (_, context) =>
        {
            context.Subscribe("off");
            return Verdict.Pass;
        };
        bench.Packet(Side.Client, Both);
        bench.Packet(Side.Client, Both);
        Assert.Equal("PKT/TCP PKT/TCP PKT/TCP DATA_RDY", recorder.Paths);

        void Both()
        {
            bench.Say(default(TcpPacket), Side.Server);
            bench.Say(default(DataReady), Side.Server);
        }
    }

    private static void Segments(ChainBench bench, Side half, params ushort[] lengths)
    {
        foreach (ushort length in lengths)
        {
            bench.Say(new TcpPacket(default, 0, 0, 0, length, 0, 0, 0), half);
        }
    }

    private static IEnumerable<int> Lengths(Recorder recorder) =>
        recorder.Events.Select(e => e.Record)
            .Select(record => (int)EventRecord.BodyOf<TcpPacket>(in record).PayloadLength);

    private static string Chain(params string[] subscriptions) =>
        ChainBench.Document(1, ChainBench.NfHearing("r", "recorder", subscriptions));
}
