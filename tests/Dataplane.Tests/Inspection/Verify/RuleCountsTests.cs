using Dataplane.Inspection.Verify;

namespace Dataplane.Tests.Inspection.Verify;

public sealed class RuleCountsTests
{
    [Fact]
    public void Each_rule_s_checks_matches_and_last_hit_are_counted()
    {
        using var bench = new RuleBench(
            "alert udp any any -> any any (content:\"abc\"; sid:1;)",
            "alert udp any any -> any any (content:\"abc\"; content:\"def\"; sid:2;)",
            "alert udp any any -> any any (content:\"never\"; sid:3;)");

        bench.Show(RuleBench.Datagram("abc"u8) with { TimeNs = 5 });
        bench.Show(RuleBench.Datagram("abcdef"u8) with { TimeNs = 7 });
        bench.Show(RuleBench.Datagram("abc"u8) with { TimeNs = 9 });

        Assert.Equal((3ul, 3ul, 9L), Of(bench, 1));
        Assert.Equal((3ul, 1ul, 7L), Of(bench, 2));
        Assert.Equal((0ul, 0ul, 0L), Of(bench, 3));
    }

    [Fact]
    public void One_check_in_so_many_is_timed()
    {
        using var bench = new RuleBench("alert udp any any -> any any (content:\"abc\"; sid:1;)");

        for (int i = 0; i < RuleCounts.SampleEvery * 3; i++)
        {
            bench.Show(RuleBench.Datagram("abc"u8));
        }

        ref readonly RuleCount count = ref bench.Inspector.Counts[0];
        Assert.Equal(3ul, count.SampledChecks);
        Assert.True(count.SampledTicks > 0);
    }

    private static (ulong Checks, ulong Matches, long LastHitNs) Of(RuleBench bench, uint sid)
    {
        for (int i = 0; i < bench.Rules.Rules.Length; i++)
        {
            if (bench.Rules.Rules[i].Rule.Sid == sid)
            {
                ref readonly RuleCount count = ref bench.Inspector.Counts[i];
                return (count.Checks, count.Matches, count.LastHitNs);
            }
        }
        throw new ArgumentOutOfRangeException(nameof(sid));
    }
}
