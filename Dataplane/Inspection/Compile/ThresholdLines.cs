using Dataplane.Inspection.Rules;

namespace Dataplane.Inspection.Compile;

/// <summary>Gives rules the lines of threshold.config that are about them.</summary>
internal static class ThresholdLines
{
    /// <summary>A line for one rule takes the place of the rule's own threshold; one for many does
    /// not.</summary>
    public static void Apply(IEnumerable<CompiledRule> rules, IReadOnlyList<ThresholdLine> lines)
    {
        if (lines.Count == 0)
        {
            return;
        }
        ILookup<uint, ThresholdLine> bySid = lines.ToLookup(l => l.Sid);
        foreach (CompiledRule rule in rules)
        {
            ThresholdLine[] about =
                [.. bySid[0].Concat(bySid[rule.Rule.Sid]).Where(l => l.IsAbout(rule.Rule))];
            rule.Suppressions = [.. about.Where(l => l.Threshold is null)];
            rule.RateFilter = about.LastOrDefault(l => l.NewAction is not null);
            ThresholdLine? threshold = about.LastOrDefault(
                l => l is { Threshold: not null, NewAction: null });
            if (threshold is not null && (threshold.Sid != 0 || rule.Threshold is null))
            {
                rule.Threshold = threshold.Threshold;
            }
        }
    }
}
