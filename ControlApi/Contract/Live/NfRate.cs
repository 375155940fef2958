namespace ControlApi.Contract.Live;

/// <summary>What one NF did in the last second. Seconds: time spent in it; QueuePackets: events that wait
/// for it on another core, 0 where it runs on its worker.</summary>
public sealed record NfRate(
    string Name, string Chain, double Events, double Seconds, double Drops, double Faults,
        ulong QueuePackets)
{
    /// <summary>False when it was taken out after faults: it hears nothing, or its chain drops its
    /// flows.</summary>
    public bool Running { get; set; } = true;

    /// <summary>The most events that have waited in one of its rings since it was made.</summary>
    public ulong QueueHighWater { get; set; }

    /// <summary>Events that its rings have room for; 0 where it has none.</summary>
    public ulong QueueMax { get; set; }

    /// <summary>Events a second that it missed because a ring was full.</summary>
    public double Shed { get; set; }

    /// <summary>Times a second that a worker waited for room.</summary>
    public double QueueWaits { get; set; }
}
