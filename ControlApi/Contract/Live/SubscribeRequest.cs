namespace ControlApi.Contract.Live;

/// <summary>
/// What a client of the hub wants to hear. Hub methods: Subscribe(this) and Unsubscribe(id).
/// </summary>
public sealed record SubscribeRequest
{
    public const string NoticesStream = "notices";
    public const string RatesStream = "rates";
    public const string StateStream = "state";
    public const string AllMode = "all";
    public const string TailMode = "tail";

    public IReadOnlyList<string> Streams { get; set; } = [];

    public string Filter { get; set; } = "";

    /// <summary>A notice id: stored ones behind it come first.</summary>
    public string? After { get; set; }

    /// <summary>all, or tail: only the newest, the rest counted.</summary>
    public string Mode { get; set; } = AllMode;

    public int PerSecond { get; set; } = 50;
}
