namespace ControlApi.Contract.Live;

/// <summary>What one NF did in the last second. Seconds: time spent in it.</summary>
public sealed record NfRate(
    string Name, string Chain, double Events, double Seconds, double Drops, double Faults,
        ulong QueuePackets);
