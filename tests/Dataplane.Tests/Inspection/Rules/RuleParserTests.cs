using CsCheck;
using Dataplane.Inspection.Rules;

namespace Dataplane.Tests.Inspection.Rules;

public sealed class RuleParserTests
{
    private const string Good =
        "alert tcp $HOME_NET [1024:,!8080] -> [10.0.0.0/8,!10.1.0.0/16] any (msg:\"a \\\"b\\\"\"; "
        + "flow:established,to_server; content:\"GET |20 2f|x\"; nocase; offset:0; depth:20; "
        + "content:!\"no\"; within:10; "
        + "pcre:\"/a[bc]+\\x20d/Ri\"; byte_test:2,>,5,0,relative; flowbits:set,one; "
        + "classtype:web-application-attack; reference:url,example.org; sid:5; gid:2; rev:3;)";

    [Fact]
    public void Reads_the_header_and_the_options_of_a_rule()
    {
        Rule rule = Parse(Good);

        Assert.Equal(RuleAction.Alert, rule.Action);
        Assert.Equal((5u, 2u, 3u), (rule.Sid, rule.Gid, rule.Revision));
        Assert.Equal("a \"b\"", rule.Message);
        Assert.Equal(("Web Application Attack", (byte)1), (rule.Category, rule.Priority));
        Assert.Equal(FlowConditions.Established | FlowConditions.ToServer, rule.Flow);
        BufferSection payload = Assert.Single(rule.Sections);
        Assert.Equal(4, payload.Options.Count);
        Assert.Equal("GET  /x"u8.ToArray(), ((ContentOption)payload.Options[0]).Pattern.ToArray());
    }

    [Theory]
    [InlineData("any", 0x01020304u, true)]
    [InlineData("1.2.3.4", 0x01020304u, true)]
    [InlineData("1.2.3.0/24", 0x010203FFu, true)]
    [InlineData("1.2.3.0/24", 0x01020400u, false)]
    [InlineData("!1.2.3.4", 0x01020304u, false)]
    [InlineData("!1.2.3.4", 0x01020305u, true)]
    [InlineData("[1.0.0.0/8,!1.2.0.0/16]", 0x01020304u, false)]
    [InlineData("[1.0.0.0/8,!1.2.0.0/16]", 0x01030304u, true)]
    [InlineData("![1.0.0.0/8,2.0.0.0/8]", 0x03000000u, true)]
    [InlineData("1.2.3.4-1.2.3.8", 0x01020306u, true)]
    [InlineData("1.2.3.0/255.255.255.0", 0x01020306u, true)]
    [InlineData("$HOME_NET", 0x0A000001u, true)]
    [InlineData("$EXTERNAL_NET", 0x0A000001u, false)]
    [InlineData("!$EXTERNAL_NET", 0x0A000001u, true)]
    [InlineData("[$HOME_NET,![10.0.0.0/8,!10.9.0.0/16]]", 0x0A090001u, true)]
    [InlineData("[$HOME_NET,![10.0.0.0/8,!10.9.0.0/16]]", 0x0A080001u, false)]
    public void Address_groups_hold_what_they_say(string text, uint address, bool expected)
    {
        Rule rule = Parse($"alert ip {text} any -> any any (sid:1;)");

        Assert.Equal(expected, rule.Sources.ContainsV4(address));
    }

    [Theory]
    [InlineData("80", 80, true)]
    [InlineData("!80", 80, false)]
    [InlineData("[80,443,!443]", 443, false)]
    [InlineData("1024:", 65535, true)]
    [InlineData(":1023", 1024, false)]
    [InlineData("[1:100,!50:60]", 55, false)]
    [InlineData("![80,81]", 82, true)]
    [InlineData("$HTTP_PORTS", 80, true)]
    [InlineData("$FILE_DATA_PORTS", 110, true)]
    public void Port_groups_hold_what_they_say(string text, int port, bool expected)
    {
        Rule rule = Parse($"alert tcp any {text} -> any any (sid:1;)");

        Assert.Equal(expected, rule.SourcePorts.Contains((ushort)port));
    }

    [Theory]
    [InlineData("alert tcp any any -> any any (content:\"a\";)", "sid")]
    [InlineData("alert tcp any any -> any any (frobnicate:1; sid:1;)", "frobnicate")]
    [InlineData("alert tcp any any => any any (sid:1;)", "direction")]
    [InlineData("shout tcp any any -> any any (sid:1;)", "action")]
    [InlineData("alert xyz any any -> any any (sid:1;)", "protocol")]
    [InlineData("alert tcp any any -> any (sid:1;)", "header")]
    [InlineData("alert tcp 1.2.3 any -> any any (sid:1;)", "address")]
    [InlineData("alert tcp !any any -> any any (sid:1;)", "address")]
    [InlineData("alert tcp $NOBODY any -> any any (sid:1;)", "address")]
    [InlineData("alert tcp any 70000 -> any any (sid:1;)", "port")]
    [InlineData("alert tcp any [80,!80] -> any any (sid:1;)", "port")]
    [InlineData("alert tcp any any -> any any (content:\"|0|\"; sid:1;)", "content")]
    [InlineData("alert tcp any any -> any any (content:\"|zz|\"; sid:1;)", "content")]
    [InlineData("alert tcp any any -> any any (content:abc; sid:1;)", "content")]
    [InlineData("alert tcp any any -> any any (content:\"abc\"; depth:2; sid:1;)", "depth")]
    [InlineData("alert tcp any any -> any any (content:\"abc\"; offset:2; distance:2; sid:1;)", "distance")]
    [InlineData("alert tcp any any -> any any (content:\"abc\"; nocase; nocase; sid:1;)", "nocase")]
    [InlineData("alert tcp any any -> any any (nocase; sid:1;)", "nocase")]
    [InlineData("alert tcp any any -> any any (pcre:\"abc\"; sid:1;)", "pcre")]
    [InlineData("alert tcp any any -> any any (flow:to_server,to_client; sid:1;)", "flow")]
    [InlineData("alert tcp any any -> any any (flowbits:toggle; sid:1;)", "flowbits")]
    [InlineData("alert tcp any any -> any any (flowbits:set,a|b; sid:1;)", "flowbits")]
    [InlineData(
        "alert tcp any any -> any any (threshold:type backoff, track by_src, count 1, seconds 1; sid:1;)",
        "threshold")]
    [InlineData("alert tcp any any -> any any (dsize:>5<>2; sid:1;)", "dsize")]
    [InlineData("alert tcp any any -> any any (dsize:2; content:\"abc\"; sid:1;)", "dsize")]
    [InlineData("alert tcp any any -> any any (byte_test:2,>,nothing,0; sid:1;)", "byte_test")]
    [InlineData("alert tcp any any -> any any (bsize:5; sid:1;)", "bsize")]
    [InlineData("alert tcp any any -> any any (http.uri; sid:1;)", "http.uri")]
    [InlineData("alert dns any any -> any any (http.uri; content:\"a\"; sid:1;)", "http.uri")]
    [InlineData("alert tcp any any -> any any (msg:\"no end\"; sid:1)", "rule")]
    [InlineData("alert tcp any any -> any any", "rule")]
    public void A_rule_that_does_not_fit_names_the_keyword_at_fault(string text, string keyword)
    {
        RuleSyntaxException fault = Assert.Throws<RuleSyntaxException>(() => Parse(text));

        Assert.Equal(keyword, fault.Keyword);
        Assert.NotEmpty(fault.Message);
    }

    [Theory]
    [InlineData(
        "alert tcp-pkt any any -> any any (tcp.flags:R,A; content:\"x\"; startswith; endswith; sid:1;)")]
    [InlineData("pass ip any any <> 172.28.2.3 any (sid:1;)")]
    [InlineData("alert http any any -> any any (content:\"a\"; http_uri; nocase; pcre:\"/a/Ui\"; sid:1;)")]
    [InlineData("alert tcp any any -> any any (pcre:/one/U; sid:1;)")]
    [InlineData("drop tcp any any -> any any ( byte_jump:0,0,relative,post_offset -7; sid:1; )")]
    [InlineData(
        "alert tcp any any -> any any (byte_math:bytes 2, offset 0, oper +, rvalue 3, result x, relative; "
        + "isdataat:x,relative; sid:1;)")]
    [InlineData(
        "alert tcp any any -> any any (stream_size:server,<,1111; prefilter; content: \"EICAR\"; sid:1;)")]
    [InlineData(
        "alert icmp any any -> any any (itype:8; detection_filter:track by_src, count 1, seconds 6; sid:1;)")]
    [InlineData("alert http any any -> any any (file_data; to_lowercase; content:\"abc\"; sid:1;)")]
    public void Accepts_the_forms_that_rule_sets_use(string text) => Assert.Equal(1u, Parse(text).Sid);

    [Fact]
    public void Variables_that_refer_to_each_other_in_a_circle_reject_the_rule()
    {
        RuleVariables variables = new RuleVariables().Set("A_NET", "[$B_NET,1.1.1.1]").Set("B_NET", "$A_NET");
        var parser = new RuleParser(variables, new Classifications());

        RuleSyntaxException fault = Assert.Throws<RuleSyntaxException>(
            () => parser.Parse("alert ip $A_NET any -> any any (sid:1;)"));

        Assert.Equal("address", fault.Keyword);
    }

    [Fact]
    public void Any_mutation_of_a_rule_is_a_rule_or_is_rejected_but_never_throws_otherwise()
    {
        Gen<string> mutated = Gen.Select(
            Gen.Int[0, Good.Length - 1].Array[1, 12], Gen.Char[' ', '\u00FF'].Array[12],
            Gen.Int[0, 2].Array[12],
            (places, characters, ways) =>
            {
                var text = new System.Text.StringBuilder(Good);
                for (int i = 0; i < places.Length; i++)
                {
                    int at = Math.Min(places[i], text.Length - 1);
                    _ = ways[i] switch
                    {
                        0 => text.Remove(at, Math.Min(1 + (characters[i] % 7), text.Length - at)),
                        1 => text.Insert(at, characters[i]),
                        _ => text.Replace(text[at], characters[i], at, 1),
                    };
                    text.Append(text.Length == 0 ? "(" : "");
                }
                return text.ToString();
            });
        mutated.Sample(
            text =>
            {
                LoadedRules loaded = RuleBench.Load(text);
                Assert.True(
                    loaded.Rules.Count + loaded.Rejected.Count <= 1 + text.Count(c => c is '\n' or '\r'));
            },
            iter: 3_000);
    }

    private static Rule Parse(string text) =>
        new RuleParser(new RuleVariables(), new Classifications()).Parse(text);
}
