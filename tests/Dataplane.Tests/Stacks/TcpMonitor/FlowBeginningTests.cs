using Dataplane.Events;
using Dataplane.Flows;
using Testing;

namespace Dataplane.Tests.Stacks.TcpMonitor;

/// <summary>How flows begin, over the real flow table: without a SYN, anew, the other way round, tagged in
/// one direction only.</summary>
public sealed class FlowBeginningTests
{
    [Fact]
    public void A_flow_without_SYN_is_an_orphan_and_one_with_SYN_is_none()
    {
        using NfBench bench = Bench("EVENT/FLOW/ORPHAN");

        bench.Play(Script("10.0.0.1:4000", "10.0.0.2:80").Handshake().ClientSends("x"));
        bench.Play(Script("10.0.0.1:4001", "10.0.0.2:80").ClientSegment(0, "middle"));

        EventRecord record = Assert.Single(RecorderOf(bench).Events).Record;
        Assert.Equal((byte)(TcpFlags.Psh | TcpFlags.Ack), EventRecord.BodyOf<FlowOrphan>(in record).TcpFlags);
    }

    [Fact]
    public void A_connection_begun_by_the_old_ones_server_flips_the_flow_once()
    {
        using NfBench bench = Bench("EVENT/FLOW/FLIPPED", "EVENT/FLOW/REUSED");

        bench.Play(Script("10.0.0.1:4000", "10.0.0.2:80").Handshake().ClientSends("x").Close());
        bench.Play(Script("10.0.0.2:80", "10.0.0.1:4000").WithSequences(90_000, 7).Handshake());

        Assert.Equal("FLOW/REUSED FLOW/FLIPPED", RecorderOf(bench).Paths);
        Assert.Equal(1u, bench.Flows.Count);
        ref readonly FlowEntry flow = ref bench.Flows[RecorderOf(bench).Events[0].Record.Flow.Slot];
        Assert.True(flow.Flags.HasFlag(FlowFlags.ClientIsB));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_connection_tagged_in_one_direction_only_is_one_flow(bool isClientTagged)
    {
        using NfBench bench = Bench("EVENT/FLOW/START", "EVENT/TCP/STATE/ESTABLISHED");
        Frame[] plain = [.. Whole(isTagged: false)];
        Frame[] tagged = [.. Whole(isTagged: true)];

        bench.Play(plain.Select((frame, i) => IsOfClient(frame) == isClientTagged ? tagged[i] : frame));

        Assert.Equal(1u, bench.Flows.Count);
        Assert.Single(RecorderOf(bench).Events, e => e.Path == "EVENT/FLOW/START");
        Assert.Contains(RecorderOf(bench).Events, e => e.Path == "EVENT/TCP/STATE/ESTABLISHED");
    }

    private static bool IsOfClient(Frame frame) => frame.Bytes[11] == 1; // last byte of the source address

    private static IReadOnlyList<Frame> Whole(bool isTagged)
    {
        TcpScript script = Script("10.0.0.1:4000", "10.0.0.2:80");
        return (isTagged ? script.OnVlan(7) : script)
            .Handshake().ClientSends("ask").ServerSends("answer").Frames;
    }

    private static NfBench Bench(params string[] events) => NfBench.Listening(
        [ChainBench.NfHearing("r", "recorder",
            $$"""{"name":"all","events":["{{string.Join("\",\"", events)}}"]}""")], typeof(Recorder));

    private static Recorder RecorderOf(NfBench bench) => (Recorder)bench.Runner.Chains[0].Functions[0];

    private static TcpScript Script(string client, string server) => TcpScript.Between(client, server);
}
