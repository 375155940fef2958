using System.Text;
using CsCheck;
using Dataplane.Chains;
using Dataplane.Events;
using Dataplane.Flows;
using Dataplane.Inspection.Compile;
using Dataplane.NetworkFunctions;
using Dataplane.Packets;
using Dataplane.Tests.Inspection;
using Testing;

namespace Dataplane.Tests.NetworkFunctions;

/// <summary>What is found in a stream does not depend on how it was cut into segments.</summary>
public sealed class SignatureMatchStreamTests : IDisposable
{
    private static readonly string Long =
        new([.. Enumerable.Range(0, 9_000).Select(n => (char)('a' + (n % 23)))]);

    private static readonly string[] Lines =
    [
        "alert tcp any any -> any any (content:\"NEEDLE\"; nocase; sid:1;)",
        "alert tcp any any -> any any (content:\"first\"; content:\"second\"; distance:0; sid:2;)",
        "alert tcp any any -> any any (content:\"second\"; content:\"first\"; sid:3;)",
        "alert tcp any any -> any any (content:\"first\"; fast_pattern; pcre:\"/x[0-9]{3}y/\"; sid:4;)",
        "alert tcp any any -> any any (content:\"needle\"; content:!\"absent\"; sid:5;)",
        $"alert tcp any any -> any any (content:\"{Long}\"; sid:6;)",
        "alert tcp any any -> any any (content:\"0123456789012345678901234567890123456789012345678901234567"
            + "89012345678901234567890123456789\"; sid:7;)",
        "alert tcp any any -> any any (content:\"beginning\"; startswith; sid:8;)",
        "alert tcp any any -> any any (pcre:\"/y[a-c]+z/\"; sid:9;)",
    ];

    private static readonly string[] Parts =
    [
        "needle", "first", "second", "x123y", "beginning", "yabcz", " and so on ", new string('.', 300), Long,
        string.Concat(Enumerable.Repeat("0123456789", 9)),
    ];

    private const int LongPart = 8;
    private static readonly int[] LengthsMost = [3, 40, 700, 1_460, 5_000];

    private readonly Compiled _rules = new();

    [Fact]
    public void The_same_rules_match_at_every_cut() => Gen.Select(
        Gen.Int[0, Parts.Length - 1].Array[1, 7], Gen.Int[0, LengthsMost.Length - 1],
        Gen.Int[1, 1_000]).Sample(
        (parts, length, seed) =>
        {
            // What belongs together lies within what stays in sight: the long part comes once.
            string stream = string.Concat(parts.Where((p, i) => p != LongPart || Array.IndexOf(parts, p) == i)
                .Select(p => Parts[p]));
            int most = Math.Max(LengthsMost[length], stream.Length / 200);
            uint[] whole = _rules.Found(stream, [stream.Length]);

            Assert.Equal(whole, _rules.Found(stream, Cuts(stream.Length, most, seed)));
        },
        iter: 50);

    [Fact]
    public void A_rule_that_matched_is_silent_until_it_matches_anew()
    {
        Assert.Equal([1u, 5u, 1u, 5u], _rules.Alerts("..needle..", "..", "more", "..nee", "dle"));
    }

    [Fact]
    public void One_rule_s_match_does_not_end_another_s_wait()
    {
        Assert.Equal([1u, 5u, 2u, 3u], _rules.Alerts("needle first", "..", "second"));
    }

    public void Dispose() => _rules.Dispose();

    private static int[] Cuts(int length, int most, int seed)
    {
        var random = new Random(seed);
        var cuts = new List<int>();
        for (int at = 0; at < length;)
        {
            int count = Math.Min(length - at, random.Next(1, most + 1));
            cuts.Add(count);
            at += count;
        }
        return [.. cuts];
    }

    private sealed class Compiled : INfResources, IDisposable
    {
        private readonly RuleSet _rules = RuleSet.Compile(RuleBench.Load(Lines));

        public Compiled() => Assert.Empty(_rules.Rejected);

        public object? Find(Type type, string name) => type == typeof(RuleSet) ? _rules : null;

        /// <summary>Rules that alert, each once.</summary>
        public uint[] Found(string stream, int[] cuts)
        {
            int at = 0;
            string[] pieces = [.. cuts.Select(count => stream.Substring((at += count) - count, count))];
            return [.. Alerts(pieces).Distinct().Order()];
        }

        /// <summary>Sids in the order of their alerts.</summary>
        public uint[] Alerts(params string[] pieces)
        {
            string nf = ChainBench.Nf("ids", "signature-match", new { ruleSet = "r" });
            using ChainBench bench = ChainBench.Of(
                ChainBench.Document(1, nf).Replace(
                    "\"chains\"", "\"ruleSets\":[{\"id\":\"r\"}],\"chains\"", StringComparison.Ordinal),
                this, typeof(SignatureMatch));
            bench.Packet(Side.Client, bench.SayTcp);
            bench.Packet(Side.Server, bench.SayTcp);
            bench.Flow.Flags |= FlowFlags.SynSeen | FlowFlags.SynAckSeen;
            bench.Flow.TcpStates = 0x44;
            bench.Packet(Side.Client, bench.SayTcp);
            ulong offset = 0;
            foreach (string piece in pieces)
            {
                bench.Packet(Side.Client, () => Say(bench, piece, offset));
                offset += (ulong)piece.Length;
            }
            return [.. bench.Notices.Entries.Where(e => e.Record.TypeId == EventType<IdsAlert>.Id)
                .Select(e => SidOf(e.Record))];
        }

        public void Dispose() => _rules.Dispose();

        private static uint SidOf(EventRecord record) => EventRecord.BodyOf<IdsAlert>(in record).Ids.Sid;

        private static void Say(ChainBench bench, string piece, ulong offset)
        {
            bench.SayTcp();
            bench.Say(new DataReady(offset, (uint)piece.Length, Side.Client, 0, 0), Side.Server, piece);
        }
    }
}
