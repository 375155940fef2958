using Dataplane.Benchmarks.Scale;
using Dataplane.Contract.Configuration;
using Dataplane.Engine;

namespace Dataplane.Benchmarks.Tests.Scale;

/// <summary>10⁶ connections at once: all are followed, in the memory they may take.</summary>
public sealed class MillionFlowsTests
{
    private const uint Flows = 1_000_000;
    private const double ResidentBytesMax = 300e6;
    private const string Monitor = """{"nfs":[{"name":"s","kind":"bench-states"}]}""";

    [Fact]
    [Trait("tier", "long")]
    public void A_million_connections_are_followed_within_300_MB()
    {
        using RuleSets rules = RuleSets.Load(
            new ConfigurationDocument { RuleSets = [new RuleSetDefinition { Id = "bench" }] }, ".",
            new Dictionary<string, string>(), []);
        double before = ScaleExperiment.ResidentBytes();
        using var subject = new ScaleSubject(
            Flows, Monitor, rules, Flows * 2L, ScaleExperiment.StreamsOf("monitor", Flows));
        subject.Open();
        _ = subject.Run();
        double growth = ScaleExperiment.ResidentBytes() - before;

        Assert.Equal(Flows, subject.Chain.Parts.Flows.Count);
        Assert.Equal(Flows, subject.Chain.Parts.Tcp.Pairs.UsedCount);
        Assert.Equal(0ul, subject.Chain.Parts.Tcp.Pairs.RefusedCount);
        Assert.Equal(0ul, subject.Chain.Parts.Counters.FlowsEvicted);
        Assert.Equal(Flows * 5L, (long)subject.Chain.Parts.Counters.Packets);
        Assert.InRange(growth, 1, ResidentBytesMax);
    }
}
