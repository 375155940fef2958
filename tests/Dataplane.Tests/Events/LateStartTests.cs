using Dataplane.Chains;
using Dataplane.Events;
using Dataplane.Packets;
using Testing;

namespace Dataplane.Tests.Events;

/// <summary>E7 over the real stack: where bytes begin for a subscription that is switched on late.</summary>
public sealed class LateStartTests
{
    [Theory]
    [InlineData("now", "last 4", "c|.")]
    [InlineData("retained", "last 4", "6789|r c|.")]
    [InlineData("offset:0", "from 0", "0123456789|r c|.")]
    [InlineData("offset:7", "from 0", "789|r c|.")]
    [InlineData("offset:2", "last 4", "<2-6>|r 6789|r c|.")]
    [InlineData("offset:0", "first 3", "012|r <3-10>|r c|.")]
    public void E7_Bytes_begin_where_the_subscription_says_with_gaps_where_they_are_gone(
        string start, string keep, string expected)
    {
        string late = $$"""
            {"name":"stream","event":"EVENT/DATA_RDY","sender":"client","enabled":false,
             "start":"{{start}}","keep":"{{keep}}"}
            """;
        using NfBench bench = NfBench.Chain(
            [
                ChainBench.NfHearing("r", "recorder",
                    """{"name":"trigger","event":"PKT_IN","sender":"server"}""", late),
                ChainBench.NfHearing("k", "recorder",
                    $$"""{"event":"EVENT/DATA_RDY","sender":"client","keep":"{{keep}}"}"""),
            ], typeof(Recorder));
        var recorder = (Recorder)bench.Runner.Chains[0].Functions[0];
        int answers = 0;
        recorder.Then = (record, context) =>
        {
            // The server's second segment acknowledges the first ten bytes.
            if (EventTree.IsA(record.TypeId, EventType<TcpPacket>.Id) && ++answers == 2)
            {
                recorder.Forget();
                context.Subscribe("stream");
            }

            return Verdict.Pass;
        };
        bench.Play(TcpScript.Between("10.0.0.1:4000", "10.0.0.2:80")
            .Handshake().ClientSends("0123456789").ClientSends("c"));
        Assert.Equal(expected, string.Join(' ', recorder.Events
            .Where(e => EventTree.IsA(e.Record.TypeId, EventType<DataReady>.Id)).Select(Spelled)));
    }

    private static string Spelled(Recorder.Heard heard)
    {
        EventRecord record = heard.Record;
        DataReady data = EventRecord.BodyOf<DataReady>(in record);
        string bytes = record.TypeId == EventType<DataGap>.Id
            ? $"<{data.Offset}-{data.Offset + data.Length}>"
            : heard.Bytes;
        return bytes + (record.Flags.HasFlag(EventFlags.Replay) ? "|r" : "|.");
    }
}
