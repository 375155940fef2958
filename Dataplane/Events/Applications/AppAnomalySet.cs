namespace Dataplane.Events.Applications;

/// <summary>A set of <see cref="AppAnomaly"/> of one protocol.</summary>
public readonly record struct AppAnomalySet(ulong Low, ulong High)
{
    /// <summary>Anomalies one protocol can have.</summary>
    public const int Capacity = 128;

    public bool IsEmpty => (Low | High) == 0;

    /// <summary>True when the set has the anomaly.</summary>
    public bool Has(AppAnomaly anomaly)
    {
        int bit = (int)anomaly & (Capacity - 1);
        return ((bit < 64 ? Low >> bit : High >> (bit - 64)) & 1) != 0;
    }

    /// <summary>The set with one more.</summary>
    public AppAnomalySet With(AppAnomaly anomaly)
    {
        int bit = (int)anomaly & (Capacity - 1);
        return bit < 64
            ? this with { Low = Low | (1UL << bit) }
            : this with { High = High | (1UL << (bit - 64)) };
    }
}
