using System.Text;
using Dataplane.Events;
using Dataplane.NetworkFunctions;
using Dataplane.Packets;
using Testing;

namespace Dataplane.Tests.NetworkFunctions;

public sealed class LoggerTests
{
    private const string Packets = """{"name":"packets","event":"PKT_IN"}""";

    [Fact]
    public void Writes_an_alert_with_its_texts_and_the_ends_of_its_flow()
    {
        using ChainBench bench = Bench(new { });
        bench.Nf<Recorder>("r").Then = (_, context) =>
        {
            context.Publish(
                new IdsAlert(new IdsEvent(3, 2_000_001, 2, IdsAction.Blocked), 5, 7, Side.Server), "texts"u8);
            return Verdict.Pass;
        };
        bench.Packet(Side.Server, () => bench.Say(default(TcpPacket), Side.Client));
        (EveAlertRecord record, string tail) = Assert.Single(bench.Records.Of<EveAlertRecord>());
        Assert.Equal((2_000_001U, IdsAction.Blocked), (record.Alert.Ids.Sid, record.Alert.Ids.Action));
        Assert.Equal((Side.Server, Side.Server), (record.Sender, record.Alert.Source));
        Assert.Equal((4000, 80), (record.Key.PortA, record.Key.PortB));
        Assert.Equal("texts", tail);
    }

    [Fact]
    public void Writes_other_events_with_their_bodies()
    {
        using ChainBench bench = Bench(new { });
        Publish(bench, new LongFlow(default, 900, 10, 9_000));
        bench.Packet(Side.Client, () => bench.Say(default(TcpPacket), Side.Server));
        EveEventRecord record = Assert.Single(bench.Records.Of<EveEventRecord>()).Record;
        Assert.Equal(900U, EventRecord.BodyOf<LongFlow>(in record.Event).MeanPacketBytes);
    }

    [Fact]
    public void Writes_nothing_it_is_told_to_leave_out()
    {
        using ChainBench bench = Bench(new { writeAlerts = false, writeEvents = false });
        Publish(bench, default(LongFlow));
        bench.Packet(Side.Client, () => bench.Say(default(TcpPacket), Side.Server));
        Publish(bench, default(IdsAlert));
        bench.Packet(Side.Client, () => bench.Say(default(TcpPacket), Side.Server));
        Assert.Empty(bench.Records.Of<EveEventRecord>());
        Assert.Empty(bench.Records.Of<EveAlertRecord>());
    }

    [Fact]
    public void Narrows_itself_to_the_packets_of_flows_that_turned_out_long()
    {
        using ChainBench bench = Bench(new { packetsOfLongFlows = true });
        bench.Nf<Recorder>("r").Then = (record, context) =>
        {
            if (record.Flow.Slot == 0)
            {
                context.Publish(default(LongFlow));
                context.Unsubscribe("packets");
            }

            return Verdict.Pass;
        };
        foreach (uint slot in new uint[] { 0, 1, 0, 1, 0 })
        {
            bench.Packet(Side.Client, () => bench.Say(default(TcpPacket), Side.Server), slot);
        }

        Assert.Equal(
            [("EVENT/LONG_FLOW", 0U), ("EVENT/PKT/TCP", 0U), ("EVENT/PKT/TCP", 0U)],
            bench.Records.Of<EveEventRecord>().Select(entry => (
                EventTree.Types[entry.Record.Event.TypeId].Path, entry.Record.Event.Flow.Slot)));
    }

    [Theory]
    [InlineData("TLS.YouTube", "tls")]
    [InlineData("HTTP", "http")]
    [InlineData("A_Protocol_With_A_Name_Beyond_24_Bytes", "a_protocol_with_a_name_b")]
    public void Knows_protocols_by_their_first_part_in_small_letters(string name, string expected)
    {
        var kept = ProtocolName.OfMaster(Encoding.ASCII.GetBytes(name));
        Assert.Equal(expected, Encoding.ASCII.GetString(ProtocolName.Text(in kept)));
    }

    private static void Publish<T>(ChainBench bench, T body)
        where T : unmanaged, IEvent =>
        bench.Nf<Recorder>("r").Then = (_, context) =>
        {
            context.Publish(in body);
            return Verdict.Pass;
        };

    private static ChainBench Bench(object options) =>
        ChainBench.Of(
            ChainBench.Document(
                1, ChainBench.NfHearing("r", "recorder", Packets), ChainBench.Nf("log", "logger", options)),
            typeof(Recorder), typeof(Logger));
}
