using CsCheck;
using Dataplane.Chains;
using Dataplane.Events;
using Dataplane.Flows;
using Dataplane.Packets;
using Testing;

namespace Dataplane.Tests.Chains;

/// <summary>Rules 2 and 4 of events.md §1 over random schedules of publications and switches.</summary>
public sealed class ConsistencyTests
{
    private static readonly string[] Names = ["a", "b", "c"];

    [Fact]
    public void Every_subscriber_gets_a_flows_events_in_order_each_once_and_as_its_switches_say() =>
        Gen.Select(Gen.Int[0, 1].Array[30], Gen.Int[0, 7].Array[400]).Sample(
            (flows, choices) =>
            {
                using ChainBench bench = Bench();
                var run = new Run(bench, choices);
                foreach (int flow in flows)
                {
                    bench.Packet((Side)(run.Next() & 1), () => run.Say(run.Next()), (uint)flow);
                }

                run.Check();
            },
            iter: 300);

    [Fact]
    public void A_late_subscriber_on_the_real_stack_gets_every_byte_once_and_in_order()
    {
        const string First = "GET /?q=1 UNI";
        const string Second = "ON SELECT HTTP/1.1\r\n\r\n";
        using NfBench bench = NfBench.With<Late>();
        var late = (Late)bench.Runner.Chains[0].Functions[0];
        late.At = 5; // SYN, SYN-ACK, ACK, request, its ACK
        bench.Play(TcpScript.Between("10.0.0.1:4000", "10.0.0.2:80")
            .Handshake().ClientSends(First).ClientSends(Second).ServerSends("HTTP/1.1 200 OK\r\n\r\n"));
        Assert.Equal(
            First + Second + "HTTP/1.1 200 OK\r\n\r\n", string.Concat(late.Received.Select(d => d.Bytes)));
        Assert.Equal(First, string.Concat(late.Received.Where(d => d.IsReplay).Select(d => d.Bytes)));
    }

    [Fact]
    public void Bytes_kept_out_of_order_are_replayed_in_order()
    {
        using NfBench bench = NfBench.With<Late>();
        var late = (Late)bench.Runner.Chains[0].Functions[0];
        late.At = 6;
        bench.Play(TcpScript.Between("10.0.0.1:4000", "10.0.0.2:80")
            .Handshake().ClientSegment(4, "efgh").ClientSegment(0, "abcd").ServerAcks().ClientSends("ijkl"));
        Assert.Equal("abcdefghijkl", string.Concat(late.Received.Select(d => d.Bytes)));
    }

    private static ChainBench Bench() => ChainBench.Of(
        ChainBench.Document(1, [.. Names.Select(name => ChainBench.NfHearing(
            name, "recorder",
            """{"name":"packets","event":"PKT_IN","half":"both"}""",
            """{"name":"probes","event":"EVENT/STAT/PROBE"}"""))]),
        typeof(Recorder));

    /// <summary>Makes each NF do something random on each event, and knows what must come of it.</summary>
    private sealed class Run
    {
        private readonly ChainBench _bench;
        private readonly int[] _choices;
        private readonly List<(string Nf, uint Slot, string Subscription, ulong Last, bool On)> _switches =
            [];
        private int _next;

        public Run(ChainBench bench, int[] choices)
        {
            _bench = bench;
            _choices = choices;
            foreach (string name in Names)
            {
                bench.Nf<Recorder>(name).Then = (record, context) => Act(name, in record, context);
            }
        }

        public int Next() => _choices[_next++ % _choices.Length];

        public void Say(int count)
        {
            for (int i = 0; i <= count % 3; i++)
            {
                _bench.SayTcp();
            }
        }

        public void Check()
        {
            Assert.Equal(0UL, _bench.Bus.LostCount);
            ulong tcp = _bench.Built<TcpPacket>();
            foreach (string name in Names)
            {
                foreach (var flow in _bench.Nf<Recorder>(name).Events.GroupBy(e => e.Record.Flow.Slot))
                {
                    ulong[] numbers = [.. flow.Select(e => e.Record.EventNumber)];
                    Assert.Equal(numbers.Order().Distinct(), numbers);
                    Assert.All(flow, e =>
                        Assert.True(IsOn(name, e), $"{name} heard {e.Path} {e.Record.EventNumber}"));
                }
            }

            Assert.True(tcp > 0);
        }

        private Verdict Act(string name, ref readonly EventRecord record, NfContext context)
        {
            string subscription = (Next() & 1) == 0 ? "packets" : "probes";
            uint slot = record.Flow.Slot;
            switch (Next())
            {
                case 0:
                    context.Publish(new Probe(default, 1));
                    break;
                case 1:
                    _switches.Add((name, slot, subscription, context.Unsubscribe(subscription), false));
                    break;
                case 2 or 3:
                    _switches.Add((name, slot, subscription, context.Subscribe(subscription), true));
                    break;
                default:
                    break;
            }

            return Verdict.Pass;
        }

        /// <summary>The last switch whose answered number lies before the event decides (rule 4).</summary>
        private bool IsOn(string name, Recorder.Heard e)
        {
            string subscription = e.Path == "EVENT/PKT/TCP" ? "packets" : "probes";
            return _switches
                .Where(s => s.Nf == name && s.Slot == e.Record.Flow.Slot && s.Subscription == subscription
                    && s.Last < e.Record.EventNumber)
                .Select(s => s.On).LastOrDefault(true);
        }
    }
}
