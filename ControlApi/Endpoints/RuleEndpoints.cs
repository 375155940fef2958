using ControlApi.Contract;
using ControlApi.Contract.Security;
using ControlApi.Contract.Status;
using ControlApi.Dataplane;
using ControlApi.Status;
using Dataplane.Contract.Configuration;
using Dataplane.Contract.Shared;

namespace ControlApi.Endpoints;

/// <summary>/rules: what the rules of the running rule sets cost and found.</summary>
public static class RuleEndpoints
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/rules", List).Needs(Scopes.Read, "limit", "sort", "ruleSet")
            .Produces<Page<RuleStatus>>()
            .WithSummary(
                "Rules checked at least once; sort: matches (default), checks, time, lastHit, sid.");

    private static IResult List(string? limit, string? sort, string? ruleSet, StatsFile stats)
    {
        int? most = PageLimit.TryParse(limit, out ConfigFault? fault);
        if (most is null)
        {
            return NoticeQuery.Refusal([fault!]);
        }

        IEnumerable<RuleStatus> rules = stats.Read<RuleRow>(StatsLayout.Rules).Select(RuleViews.Of)
            .Where(rule => ruleSet is null || rule.RuleSet == ruleSet);
        return RuleViews.Sort(rules, sort) is { } sorted
            ? Results.Ok(new Page<RuleStatus>([.. sorted.Take(most.Value)], null))
            : NoticeQuery.Refusal([new ConfigFault(
                "?sort", "bad-sort", $"'{sort}' is no order.",
                "Use matches, checks, time, lastHit or sid.")]);
    }
}
