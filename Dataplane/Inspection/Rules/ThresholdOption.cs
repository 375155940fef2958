namespace Dataplane.Inspection.Rules;

/// <summary>How a threshold thins out alerts.</summary>
public enum ThresholdKind : byte
{
    Limit,
    Threshold,
    Both,
    DetectionFilter,

    /// <summary>rate_filter: another action for a while once the rate is passed.</summary>
    Rate,
}

/// <summary>By what a threshold counts.</summary>
public enum ThresholdTrack : byte
{
    Source,
    Destination,
    Both,
    Rule,
}

/// <summary>`threshold` or `detection_filter`.</summary>
public sealed record ThresholdOption(ThresholdKind Kind, ThresholdTrack Track, uint Count, uint Seconds);
