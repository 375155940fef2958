using ControlApi.Contract.Status;
using Dataplane.Contract.Shared;

namespace ControlApi.Status;

/// <summary>Rules of the stats segment as the API shows them.</summary>
public static class RuleViews
{
    private const long TicksPerMicrosecond = TimeSpan.TicksPerMicrosecond;
    private static readonly string[] Actions = ["pass", "drop", "reject", "alert"];

    public static RuleStatus Of(RuleRow row) => new(
        row.RuleSet.ToString(), row.Sid, row.Gid, row.Revision,
        row.Signature.ToString() + row.SignatureRest,
        row.Action < Actions.Length ? Actions[row.Action] : "alert", row.Checks, row.Matches, row.Nanoseconds,
        row.LastHitUs == 0 ? null : DateTimeOffset.UnixEpoch.AddTicks(row.LastHitUs * TicksPerMicrosecond));

    /// <summary>Sorts by a word; null for a word that is no order. Equals stay as they came.</summary>
    public static IEnumerable<RuleStatus>? Sort(IEnumerable<RuleStatus> rules, string? by) => by switch
    {
        null or "matches" => rules.OrderByDescending(r => r.Matches).ThenByDescending(r => r.Checks),
        "checks" => rules.OrderByDescending(r => r.Checks),
        "time" => rules.OrderByDescending(r => r.Nanoseconds),
        "lastHit" => rules.OrderByDescending(r => r.LastHit ?? DateTimeOffset.MinValue),
        "sid" => rules.OrderBy(r => r.Sid).ThenBy(r => r.Gid),
        _ => null,
    };
}
