using ControlApi.Contract.Notices;

namespace ControlApi.Contract.Live;

/// <summary>Hub method notices: at most 64 notices in spool order.</summary>
/// <remarks>
/// Skipped counts those left out since the last message; gap: more were stored than are replayed.
/// </remarks>
public sealed record NoticesMessage
{
    public const string Method = "notices";
    public const int ItemsMax = 64;

    public required string Subscription { get; init; }

    public required IReadOnlyList<Notice> Items { get; init; }

    /// <summary>Id to resume behind.</summary>
    public string? Last { get; set; }

    public long Skipped { get; set; }

    public bool Gap { get; set; }
}
