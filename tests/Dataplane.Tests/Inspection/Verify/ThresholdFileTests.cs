using Dataplane.Inspection.Compile;
using Dataplane.Inspection.Rules;
using Dataplane.Inspection.Verify;

namespace Dataplane.Tests.Inspection.Verify;

public sealed class ThresholdFileTests
{
    private const string Rule = "alert udp any any -> any any (dsize:1; sid:1;)";

    [Fact]
    public void A_line_silences_a_rule_for_all_or_for_some_addresses()
    {
        Assert.Equal(0, Alerts("suppress gen_id 1, sig_id 1", 3));
        Assert.Equal(0, Alerts("suppress gen_id 0, sig_id 0, track by_src, ip 10.0.0.0/8", 3));
        Assert.Equal(3, Alerts("suppress gen_id 1, sig_id 1, track by_src, ip [10.0.0.2,1.1.1.1]", 3));
        Assert.Equal(0, Alerts("suppress gen_id 1, sig_id 1, track by_either, ip 10.0.0.2", 3));
        Assert.Equal(3, Alerts("suppress gen_id 1, sig_id 2", 3));
    }

    [Fact]
    public void A_line_gives_a_rule_a_threshold()
    {
        Assert.Equal(2, Alerts(
            "threshold gen_id 1, sig_id 1, type limit, track by_src, count 2, seconds 60", 5));
        Assert.Equal(2, Alerts(
            "event_filter gen_id 1, sig_id 1, type threshold, track by_dst, count 2, seconds 60", 5));
    }

    [Fact]
    public void A_rate_filter_changes_the_action_once_the_rate_is_passed()
    {
        using Bench bench = Load(
            "rate_filter gen_id 1, sig_id 1, track by_src, count 2, seconds 60, new_action drop, timeout 10");
        bool[] drops = [.. Enumerable.Range(0, 4).Select(n => bench.Show(n).Drops)];

        Assert.Equal([false, false, true, true], drops);
        Assert.False(bench.Show(20).Drops);
    }

    [Fact]
    public void A_line_that_cannot_be_read_is_named()
    {
        var file = new ThresholdFile(new RuleVariables());
        file.Read("threshold.config", new StringReader("# nothing\nsuppress sig_id 1\nsupress gen_id 1"));

        Assert.Equal([2, 3], file.Rejected.Select(r => r.Line));
    }

    private static int Alerts(string line, int packets)
    {
        using Bench bench = Load(line);
        return Enumerable.Range(0, packets).Sum(n => bench.Show(n).Alerts);
    }

    private static Bench Load(string line)
    {
        var file = new ThresholdFile(new RuleVariables());
        file.Read("threshold.config", new StringReader(line));
        Assert.Empty(file.Rejected);
        return new Bench(RuleSet.Compile(RuleBench.Load(Rule), file.Lines));
    }

    private sealed class Bench : IDisposable
    {
        private readonly RuleSet _rules;
        private readonly HostTable _hosts = new(64);
        private readonly RuleInspector _inspector;
        private FlowInspection _flow;

        public Bench(RuleSet rules)
        {
            _rules = rules;
            _inspector = new RuleInspector(rules, _hosts);
        }

        /// <summary>Shows a packet of that second.</summary>
        public (int Alerts, bool Drops) Show(int second)
        {
            InspectedPacket packet = RuleBench.Datagram("x"u8);
            packet.TimeNs += second * 1_000_000_000L;
            _inspector.Inspect(packet, _inspector.GroupOf(packet), ref _flow);
            return (_inspector.Alerts.Length, _inspector.Drops);
        }

        public void Dispose()
        {
            _inspector.Dispose();
            _rules.Dispose();
            _hosts.Dispose();
        }
    }
}
