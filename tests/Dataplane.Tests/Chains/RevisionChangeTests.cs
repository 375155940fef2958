using Dataplane.Chains;
using Dataplane.Packets;
using Testing;

namespace Dataplane.Tests.Chains;

/// <summary>What a new revision keeps of the one before.</summary>
public sealed class RevisionChangeTests : IDisposable
{
    private const uint FlowMax = 16;
    private static readonly Type[] Kinds = [typeof(Sided), typeof(Configured), typeof(Late)];
    private readonly ChainBench _bench = ChainBench.Of(
        ChainBench.Document(1, ChainBench.Nf("a", "sided"),
            ChainBench.Nf("b", "configured", new { count = 1 })), Kinds);

    [Fact]
    public void An_unchanged_NF_keeps_its_instance_and_a_changed_one_does_not()
    {
        ChainInstance next = Next(suspended: [],
            ChainBench.Nf("a", "sided"), ChainBench.Nf("b", "configured", new { count = 2 }));
        Assert.Same(_bench.Nf<Sided>("a"), next.Functions[0]);
        Assert.NotSame(_bench.Nf<Configured>("b"), next.Functions[1]);
        next.Dispose();
    }

    [Fact]
    public void A_flow_that_moves_keeps_its_subscriptions_by_their_names()
    {
        _bench.Packet(Side.Client, _bench.SayTcp);
        ChainInstance next = Next(suspended: [],
            ChainBench.Nf("fresh", "late"), ChainBench.Nf("a", "sided"),
            ChainBench.Nf("b", "configured", new { count = 1 }));
        ChainInstance[] all = [.. _bench.Runner.Chains, next, Unmatched((ushort)(next.Chain.Number + 1))];
        _bench.Runner.Use(all, next.Chain.Number);

        _bench.Runner.Adopt(0);

        string[] on = [.. Enumerable.Range(0, next.Links.Links.Count)
            .Where(bit => (_bench.Flow.LinkMask & (1UL << bit)) != 0)
            .Select(bit => (next.Chain.Functions[next.Links.NfOf(bit)].Name, next.Links.Links[bit].Name))
            .Select(link => $"{link.Item1}/{link.Item2}")];
        Assert.Contains($"a/{Sided.Server}", on);
        Assert.DoesNotContain($"a/{Sided.Client}", on);
        Assert.Contains($"fresh/{Late.Trigger}", on);
        Assert.DoesNotContain($"fresh/{Late.Data}", on);
        Assert.Equal(next.Chain.Number, _bench.Flow.Plan);
    }

    [Fact]
    public void A_suspended_NF_hears_nothing_and_the_rest_of_its_chain_goes_on()
    {
        ChainInstance next = Next(suspended: ["a"],
            ChainBench.Nf("a", "sided"), ChainBench.Nf("b", "configured", new { count = 1 }));
        Assert.False(next.IsRunning(0));
        Assert.True(next.IsRunning(1));
        Assert.False(next.IsClosed);
        Assert.Equal(0ul, next.Links.InitialMask & next.Links.LinksOf(0));
        next.Dispose();
    }

    [Fact]
    public void A_suspended_NF_that_fails_closed_closes_its_chain()
    {
        ChainInstance next = Next(suspended: ["a"], """{"name":"a","kind":"sided","onFault":"closed"}""");
        Assert.True(next.IsClosed);
        next.Dispose();
    }

    public void Dispose() => _bench.Dispose();

    private static ChainInstance Unmatched(ushort number) =>
        new(Chain.Unmatched(number), Array.Empty<INetworkFunction>());

    private ChainInstance Next(IReadOnlyCollection<string> suspended, params string[] nfs)
    {
        PlanResult plan = ChainBench.Plan(ChainBench.Document(1, nfs), Kinds);
        Assert.Empty(plan.Faults);
        var kept = new KeptFunctions(_bench.Runner.Chains, suspended, hasSameRules: true);
        return new ChainInstance(
            plan.Chains[0].Numbered((ushort)_bench.Runner.Chains.Count), FlowMax, new Nothing(), kept);
    }

    private sealed class Nothing : INfResources
    {
        public object? Find(Type type, string name) => null;
    }
}
