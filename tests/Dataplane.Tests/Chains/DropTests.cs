using System.Text;
using Dataplane.Chains;
using Dataplane.Events;
using Testing;

namespace Dataplane.Tests.Chains;

/// <summary>A dropped packet was never there: what is sent again is new, and is judged again (engine §2).
/// </summary>
public sealed class DropTests
{
    private const string Before = "GET /a?q=";
    private const string Injection = "1 UNION SELECT password";
    private const string After = " HTTP/1.1\r\n\r\n";

    [Theory]
    [InlineData("same")]
    [InlineData("split")]
    [InlineData("merged")]
    [InlineData("shifted")]
    public void An_injection_sent_again_five_times_never_arrives(string form)
    {
        using ParallelBench bench = ParallelBench.Of(
            ChainBench.Document(2, """{"name":"g","kind":"injection-gate"}"""), typeof(InjectionGate));
        bench.Play(Script(form)).EndAll();
        byte[] received = Received(bench.Sent);
        string text = Encoding.Latin1.GetString(received);
        Assert.StartsWith(Before, text, StringComparison.Ordinal);
        Assert.DoesNotContain("UNION SELECT", text, StringComparison.Ordinal);
        Assert.True(bench.Nf<InjectionGate>("g").DropCount >= 6);
    }

    [Fact]
    public void What_is_harmless_arrives_whole_behind_a_drop()
    {
        using ParallelBench bench = ParallelBench.Of(
            ChainBench.Document(2, """{"name":"g","kind":"injection-gate"}"""), typeof(InjectionGate));
        bench.Play(TcpScript.Between("10.0.0.1:4000", "10.0.0.2:80").Handshake()
            .ClientSegment(0, Before).ClientSegment(Before.Length, Injection)
            .ClientSegment(Before.Length, "harmless" + After)).EndAll();
        Assert.Equal(Before + "harmless" + After, Encoding.Latin1.GetString(Received(bench.Sent)));
    }

    private static TcpScript Script(string form)
    {
        int at = Before.Length;
        TcpScript script = TcpScript.Between("10.0.0.1:4000", "10.0.0.2:80").Handshake()
            .ClientSegment(0, Before).ServerAcks().ClientSegment(at, Injection);
        for (int i = 0; i < 5; i++)
        {
            int cut = 3 + i;
            script = form switch
            {
                "same" => script.ClientSegment(at, Injection),
                "split" => script.ClientSegment(at, Injection[..cut])
                    .ClientSegment(at + cut, Injection[cut..]),
                "merged" => script.ClientSegment(at, Injection + After),
                _ => script.ClientSegment(at - cut, Before[^cut..] + Injection),
            };
        }

        return script;
    }

    /// <summary>What the server has once all that left is put together by sequence number.</summary>
    private static byte[] Received(IReadOnlyList<byte[]> frames)
    {
        var bytes = new SortedDictionary<uint, byte>();
        foreach (byte[] frame in frames)
        {
            int ip = 14;
            int tcp = ip + ((frame[ip] & 15) * 4);
            int payload = tcp + ((frame[tcp + 12] >> 4) * 4);
            int end = ip + ((frame[ip + 2] << 8) | frame[ip + 3]);
            uint sequence = (uint)((frame[tcp + 4] << 24) | (frame[tcp + 5] << 16) | (frame[tcp + 6] << 8)
                | frame[tcp + 7]);
            for (int i = payload; i < end; i++)
            {
                bytes[sequence + (uint)(i - payload)] = frame[i];
            }
        }

        return [.. bytes.Values];
    }

    /// <summary>Drops the packet whose bytes complete an injection; keeps what passed.</summary>
    [NetworkFunction("injection-gate", PacketAccess.Gate)]
    [Subscribes("bytes", typeof(DataReady), Sender = "client")]
    private sealed class InjectionGate : INetworkFunction, IHandle<DataReady>
    {
        private string _passed = "";

        public int DropCount { get; private set; }

        public Verdict Handle(in Event<DataReady> e, NfContext context)
        {
            string bytes = Encoding.Latin1.GetString(context.Bytes(in e).Span);
            if ((_passed + bytes).Contains("UNION SELECT", StringComparison.Ordinal))
            {
                DropCount++;
                return Verdict.DropPacket;
            }

            _passed += bytes;
            return Verdict.Pass;
        }
    }
}
