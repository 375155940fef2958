using System.Text;
using Dataplane.Inspection.Compile;
using Dataplane.Inspection.Rules;

namespace Dataplane.Tests.Inspection.Rules;

public sealed class HostileRuleTests
{
    private static readonly string[] Sound =
    [
        "alert tcp $HOME_NET any -> $EXTERNAL_NET [80,443,1024:2048] (msg:\"a\"; content:\"|0d 0a|x\"; "
            + "nocase; offset:3; depth:20; content:\"y\"; distance:1; within:9; pcre:\"/a(b+)c/Ri\"; sid:1;)",
        "alert http any any -> any any (http.uri; to_lowercase; content:\"/a\"; startswith; bsize:<90; "
            + "http.header; content:!\"b\"; threshold:type limit,track by_src,count 1,seconds 60; sid:2;)",
        "drop udp ![10.0.0.0/8,!10.1.0.0/16] any <> any !53 (byte_test:4,>,0x10,0,relative,little; "
            + "byte_jump:2,4,multiplier 2,post_offset -1; byte_extract:1,0,n; isdataat:!n,relative; sid:3;)",
        "pass ip [fe80::/10,::1] any -> any any (ttl:<5; ipopts:rr; fragbits:M+; id:7; tos:!4; sid:4;)",
        "alert dns any any -> any any (dns.query; dataset:isset,n,type string; flowbits:set,a; "
            + "xbits:set,b,track ip_pair,expire 9; flowint:c,+,1; tag:session; sid:5;)",
        "alert tcp any any -> any any (flags:SA,CE; seq:1; window:>9; stream_size:client,<,5; rpc:1,*,*; "
            + "dsize:1<>9; decode-event:tcp.opt_invalid_len; tcpv4-csum:invalid; sid:6;)",
        "alert http any any -> any any (content:\"a\"; http_uri; base64_decode:bytes 9,offset 1,relative; "
            + "base64_data; content:\"b\"; filemd5:list; requires:version >= 7 < 8 | >= 9; sid:7;)",
    ];

    [Fact]
    public void A_thousand_broken_rules_load_or_are_rejected_with_a_reason() => Mutate(1_000, 20_261_124);

    [Fact, Trait("tier", "long")]
    public void A_hundred_thousand_broken_rules_load_or_are_rejected_with_a_reason() =>
        Mutate(100_000, 20_261_125);

    [Fact]
    public void An_expression_that_backtracks_without_end_gives_up_and_is_counted()
    {
        using var bench = new RuleBench("alert udp any any -> any any (pcre:\"/^(a+)+$/\"; sid:1;)");

        Assert.Empty(bench.Show(RuleBench.Datagram(RuleBench.Bytes(new string('a', 4_000) + "!"))));
        Assert.True(bench.Inspector.LimitCount > 0);
    }

    [Fact]
    public void Contents_that_follow_each_other_in_endless_ways_give_up_and_are_counted()
    {
        string contents = string.Concat(Enumerable.Repeat("content:\"a\"; distance:0; ", 12));
        using var bench = new RuleBench(
            $"alert udp any any -> any any (content:\"a\"; {contents} content:\"b\"; distance:0; sid:1;)");

        Assert.Empty(bench.Show(RuleBench.Datagram(RuleBench.Bytes(new string('a', 1_400)))));
    }

    [Fact]
    public void A_content_of_nearly_64_kib_is_found_and_a_longer_one_rejected()
    {
        string largest = new('x', ContentParserMax);
        using var bench = new RuleBench($"alert udp any any -> any any (content:\"{largest}\"; sid:1;)");
        LoadedRules tooLong = RuleBench.Load(
            $"alert udp any any -> any any (content:\"{largest}x\"; sid:1;)");

        Assert.Equal([1u], bench.Show(RuleBench.Datagram(RuleBench.Bytes(largest))));
        Assert.Equal("content", Assert.Single(tooLong.Rejected).Keyword);
    }

    [Fact]
    public void Variables_that_name_each_other_reject_the_rules_that_use_them()
    {
        RuleVariables variables = new RuleVariables()
            .Set("A", "$B").Set("B", "[$A,1.1.1.1]").Set("A_PORTS", "$A_PORTS");
        var file = new RuleFile(new RuleParser(variables, new Classifications()));
        file.Read("test.rules", new StringReader(
            """
            alert ip $A any -> any any (sid:1;)
            alert tcp any $A_PORTS -> any any (sid:2;)
            alert tcp any any -> any any (sid:3;)
            """));

        Assert.Equal([1u, 2u], file.Loaded.Rejected.Select(r => r.Sid));
        Assert.Equal(3u, Assert.Single(file.Loaded.Rules).Sid);
    }

    private const int ContentParserMax = 255 * 256;

    private static void Mutate(int count, int seed)
    {
        var random = new Random(seed);
        var text = new StringBuilder();
        for (int i = 0; i < count; i++)
        {
            text.Append(Broken(random)).Append('\n');
        }
        var file = new RuleFile(new RuleParser(new RuleVariables(), new Classifications()));
        file.Read("broken.rules", new StringReader(text.ToString()));
        using var rules = RuleSet.Compile(file.Loaded);

        Assert.All(rules.Rejected, r => Assert.False(string.IsNullOrWhiteSpace(r.Reason)));
        Assert.True(rules.Rejected.Count > count / 10, $"Only {rules.Rejected.Count} were rejected.");
    }

    /// <summary>A sound rule with a few bytes changed, cut out, doubled, or a part of another put
    /// in.</summary>
    private static string Broken(Random random)
    {
        string rule = Sound[random.Next(Sound.Length)];
        int changes = 1 + random.Next(4);
        for (int i = 0; i < changes; i++)
        {
            int at = random.Next(rule.Length);
            int length = Math.Min(random.Next(1, 12), rule.Length - at);
            string other = Sound[random.Next(Sound.Length)];
            int from = random.Next(other.Length - 12);
            rule = random.Next(5) switch
            {
                0 => rule.Remove(at, length),
                1 => rule.Insert(at, rule.Substring(at, length)),
                2 => rule.Insert(at, other.Substring(from, 12)),
                3 => rule.Remove(at, 1).Insert(at, ((char)random.Next(1, 256)).ToString()),
                _ => rule.Insert(at, "()[]|\"\\;:,!<>"[random.Next(13)].ToString()),
            };
            rule = rule.Replace('\n', ' ').Replace('\r', ' ');
            rule = rule.Length == 0 ? " " : rule;
        }
        return rule;
    }
}
