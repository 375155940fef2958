using Dataplane.Chains;
using Dataplane.Chains.Parallel;
using Dataplane.Events;

namespace Dataplane.Tests.Chains.Parallel;

/// <summary>
/// Rules P1 to P14 against a model: for every ordered pair of profiles two NFs that do what they declare run
/// one after the other, and then in every order of their steps. Where all give the same, they may overlap.
/// </summary>
public sealed class ParallelRulesTests
{
    private const int QuickPackets = 20;
    private const int Seed = 20_261_123;
    private static readonly ushort Said = EventType<StatEvent>.Id;

    /// <summary>Rules that let NFs overlap: none of them is needless.</summary>
    private static readonly ParallelRule[] Allowing =
        [ParallelRule.P1, ParallelRule.P2, ParallelRule.P8, ParallelRule.P10];

    /// <summary>Behind every pair: it hears what both say, and logs it in the order in which they said
    /// it.</summary>
    private static readonly NfRole Hearer = new("hearer",
        new NfProfile { Reads = PacketFields.None, KeysOnFlow = false, Effects = SideEffects.Records },
        [], [Said]);

    private static readonly Lazy<Pair[]> Pairs = new(() => Try(QuickPackets));

    [Fact]
    public void No_rule_lets_two_NFs_overlap_whose_order_can_be_seen_and_none_forbids_more_than_it_must() =>
        Assert.Empty(Pairs.Value.SelectMany(pair => Wrong(pair, new ParallelRules())));

    [Fact, Trait("tier", "long")]
    public void The_same_holds_on_a_thousand_packets_of_each_pair() =>
        Assert.Empty(Try(1_000).SelectMany(pair => Wrong(pair, new ParallelRules())));

    [Theory]
    [InlineData(ParallelRule.P1)]
    [InlineData(ParallelRule.P2)]
    [InlineData(ParallelRule.P3)]
    [InlineData(ParallelRule.P4)]
    [InlineData(ParallelRule.P5)]
    [InlineData(ParallelRule.P6)]
    [InlineData(ParallelRule.P7)]
    [InlineData(ParallelRule.P8)]
    [InlineData(ParallelRule.P9)]
    [InlineData(ParallelRule.P10)]
    [InlineData(ParallelRule.P11)]
    [InlineData(ParallelRule.P12)]
    [InlineData(ParallelRule.P13)]
    [InlineData(ParallelRule.P14)]
    public void A_rule_turned_round_is_noticed(ParallelRule rule) =>
        Assert.NotEmpty(Pairs.Value.SelectMany(pair => Wrong(pair, new ParallelRules(rule))));

    [Fact]
    public void Every_answer_names_both_NFs_and_the_rule()
    {
        foreach (Pair pair in Pairs.Value)
        {
            PairAnswer answer = new ParallelRules().Judge(pair.A, pair.B, [pair.A, pair.B, Hearer]);
            Assert.Contains(pair.A.Name, answer.Text, StringComparison.Ordinal);
            Assert.Contains(pair.B.Name, answer.Text, StringComparison.Ordinal);
            Assert.True(answer.Rule == ParallelRule.None
                || answer.Text.StartsWith($"{answer.Rule}: ", StringComparison.Ordinal));
        }
    }

    private static IEnumerable<string> Wrong(Pair pair, ParallelRules rules)
    {
        PairAnswer answer = rules.Judge(pair.A, pair.B, [pair.A, pair.B, Hearer]);
        if (answer.MayOverlap && !pair.IsIndependent)
        {
            yield return $"{pair.A.Name}, {pair.B.Name}: {answer.Text} Their order can be seen.";
        }

        bool isSure = answer.Rule is not ParallelRule.None and not ParallelRule.P11
            && !(answer.Rule == ParallelRule.P13 && !pair.A.Reaches(pair.B));
        bool isSeen = Allowing.Contains(answer.Rule) || (IsSeen(pair.A) && IsSeen(pair.B));
        if (!answer.MayOverlap && pair.IsIndependent && isSure && isSeen)
        {
            yield return $"{pair.A.Name}, {pair.B.Name}: {answer.Text} Nobody could tell.";
        }
    }

    /// <summary>An NF that leaves no trace bears any order.</summary>
    private static bool IsSeen(NfRole nf) =>
        nf.Changes != PacketFields.None || nf.Profile.Effects != SideEffects.None
        || nf.Profile.Drops != DropForm.None || nf.Profile.ChangesFlow || nf.Profile.Store.Length > 0;

    private static Pair[] Try(int packets)
    {
        int[][] orders = [.. Interleavings(0, 0)];
        return
        [
            .. from first in Profiles()
               from second in Profiles()
               let a = new NfRole("a-" + first.Name, first.Profile, first.Says, first.Hears)
               let b = new NfRole("b-" + second.Name, second.Profile, second.Says, second.Hears)
               select new Pair(a, b, AreIndependent(a, b, packets, orders)),
        ];
    }

    private static bool AreIndependent(NfRole a, NfRole b, int packets, int[][] orders)
    {
        string expected = Run(a, b, packets, null);
        return orders.All(order => Run(a, b, packets, order) == expected);
    }

    /// <summary>Everything that can be seen of a run, as text; without an order in sequence.</summary>
    private static string Run(NfRole a, NfRole b, int count, int[]? order)
    {
        var world = new ModelWorld();
        var first = new ModelFunction(a, world) { IsFirst = true };
        var second = new ModelFunction(b, world);
        var hearer = new ModelFunction(Hearer, world);
        List<ModelPacket> packets = Packets(count);
        List<ModelPacket> late = a.Profile.Delays ? Delayed(packets) : packets;
        if (order is null)
        {
            // A packet that A holds back reaches B behind those that overtook it.
            packets.ForEach(packet => RunAll(first, packet));
            late.Where(packet => !packet.IsDropped).ToList().ForEach(packet => RunAll(second, packet));
        }
        else
        {
            packets.ForEach(packet => RunBoth(first, second, packet, order));
        }

        packets.Where(packet => packet.Events.Count > 0).ToList().ForEach(packet => RunAll(hearer, packet));
        IEnumerable<string> stores = world.Stores.Select(store => $"{store.Key}={store.Value}");
        IEnumerable<string> logs = world.Logs.Select(log => $"{log.Key}:{string.Join(',', log.Value)}");
        return string.Join(' ', late.Select(Text).Concat(stores.Concat(logs).Order(StringComparer.Ordinal)));
    }

    private static void RunAll(ModelFunction nf, ModelPacket packet)
    {
        for (int step = 0; step < ModelFunction.StepCount; step++)
        {
            nf.Step(step, packet);
        }
    }

    private static void RunBoth(ModelFunction first, ModelFunction second, ModelPacket packet, int[] order)
    {
        int[] next = [0, 0];
        foreach (int who in order)
        {
            (who == 0 ? first : second).Step(next[who]++, packet);
        }
    }

    // What became of a dropped packet's bytes nobody can see.
    private static string Text(ModelPacket packet) =>
        packet.IsDropped ? "dropped" : $"{string.Join('.', packet.Fields)}/{packet.Checksum}/{packet.Flow}";

    private static List<ModelPacket> Packets(int count)
    {
        var random = new Random(Seed);
        return [.. Enumerable.Range(0, count).Select(number => new ModelPacket(
            [.. Enumerable.Range(0, 6).Select(_ => (uint)random.Next())], (uint)random.Next(4))
        {
            Number = (uint)number,
        })];
    }

    private static List<ModelPacket> Delayed(List<ModelPacket> packets) =>
        [.. packets.Chunk(2).SelectMany(two => two.Reverse())];

    private static IEnumerable<int[]> Interleavings(int a, int b)
    {
        if (a == ModelFunction.StepCount && b == ModelFunction.StepCount)
        {
            yield return [];
        }

        if (a < ModelFunction.StepCount)
        {
            foreach (int[] rest in Interleavings(a + 1, b))
            {
                yield return [0, .. rest];
            }
        }

        if (b < ModelFunction.StepCount)
        {
            foreach (int[] rest in Interleavings(a, b + 1))
            {
                yield return [1, .. rest];
            }
        }
    }

    private static IEnumerable<Declared> Profiles()
    {
        var nothing = new NfProfile { Reads = PacketFields.None, KeysOnFlow = false };
        foreach (PacketFields field in new[] { PacketFields.Ip, PacketFields.Tcp, PacketFields.Payload })
        {
            NfProfile reads = nothing with { Reads = field };
            yield return new($"reader-{field}", reads);
            yield return new($"log-{field}", reads with { Effects = SideEffects.Records });
            yield return new($"gate-{field}", reads with { Drops = DropForm.Flow });
            yield return new($"counting-gate-{field}",
                reads with { Drops = DropForm.Flow, Effects = SideEffects.Counters });
            yield return new($"writer-{field}", reads with { Writes = field });
            yield return new($"blind-writer-{field}", nothing with { Writes = field });
            yield return new($"rewriter-{field}",
                nothing with { Reads = PacketFields.Ports, Writes = field, Effects = SideEffects.Counters });
        }

        NfProfile log = nothing with { Reads = PacketFields.Ports, Effects = SideEffects.Records };
        yield return new("resizer", nothing with { Resizes = true, Reads = PacketFields.Mac });
        yield return new("shaper", nothing with { Reads = PacketFields.Length, Delays = true });
        yield return new("flow-changer", nothing with { Reads = PacketFields.Mac, ChangesFlow = true });
        yield return new("flow-log", log with { KeysOnFlow = true });
        yield return new("sequence-log", log with { IsOrderSensitive = true });
        yield return new("says", log) { Says = [Said] };
        yield return new("murmurs", nothing with { Reads = PacketFields.Ports }) { Says = [Said] };
        yield return new("hears", log) { Hears = [Said] };
        yield return new("store", log with { Store = "table" });
        yield return new("sum", log with { Store = "sum", Sharing = StoreSharing.Commutes });
    }

    private sealed record Pair(NfRole A, NfRole B, bool IsIndependent);

    private sealed record Declared(string Name, NfProfile Profile)
    {
        public ushort[] Says { get; init; } = [];

        public ushort[] Hears { get; init; } = [];
    }
}
