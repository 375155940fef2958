namespace Persistence.Retention;

/// <summary>How much is kept; the first limit that bites removes the oldest files.</summary>
public sealed record RetentionLimits
{
    public int Days { get; init; } = 30;

    public long Bytes { get; init; } = 10L * 1024 * 1024 * 1024;

    /// <summary>Share of the disk that stays free.</summary>
    public double FreeShare { get; init; } = 0.10;

    /// <summary>What stays free at least, whatever the share says.</summary>
    public long FreeBytes { get; init; } = 1024L * 1024 * 1024;

    /// <summary>Below this, notices for information are no longer stored.</summary>
    public long ScarceBytes { get; init; } = 256L * 1024 * 1024;
}
