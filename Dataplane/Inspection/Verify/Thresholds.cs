using Dataplane.Inspection.Compile;
using Dataplane.Inspection.Rules;

namespace Dataplane.Inspection.Verify;

/// <summary>What a threshold makes of a match.</summary>
public enum ThresholdAnswer : byte
{
    /// <summary>Nothing happens, not even the rule's action.</summary>
    Ignore,

    /// <summary>The action counts, but nobody is told.</summary>
    Silent,

    Alert,
}

/// <summary>Applies `threshold` and `detection_filter`.</summary>
internal static class Thresholds
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    public static ThresholdAnswer Count(HostTable hosts, CompiledRule rule, in InspectedPacket packet)
    {
        if (rule.Rule.Threshold is not { } threshold)
        {
            return ThresholdAnswer.Alert;
        }
        HostKey key = KeyOf((uint)rule.Index, threshold.Track, packet);
        ref HostEntry entry = ref hosts.Lock(key, out uint bucket);
        ThresholdAnswer answer = Step(ref entry, threshold, packet.TimeNs);
        hosts.Unlock(bucket);
        return answer;
    }

    private static HostKey KeyOf(uint rule, ThresholdTrack track, in InspectedPacket packet) =>
        track switch
        {
            ThresholdTrack.Source => new HostKey(rule + 1, packet.Source, 0),
            ThresholdTrack.Destination => new HostKey(rule + 1, packet.Destination, 0),
            ThresholdTrack.Both => HostKey.OfPair(rule + 1, packet.Source, packet.Destination),
            _ => new HostKey(rule + 1, 0, 0),
        };

    private static ThresholdAnswer Step(ref HostEntry entry, ThresholdOption threshold, long nowNs)
    {
        bool isNew = entry.TimeNs == 0;
        bool expired = !isNew && nowNs > entry.TimeNs + (threshold.Seconds * NanosecondsPerSecond);
        if (isNew || expired)
        {
            entry.TimeNs = Math.Max(1, nowNs);
            entry.Count = 0;
        }
        entry.Count++;
        switch (threshold.Kind)
        {
            case ThresholdKind.Limit:
                return entry.Count <= threshold.Count ? ThresholdAnswer.Alert : ThresholdAnswer.Silent;
            case ThresholdKind.Threshold when entry.Count >= threshold.Count:
                entry.Count = 0;
                return ThresholdAnswer.Alert;
            case ThresholdKind.Both when entry.Count >= threshold.Count:
                return entry.Count == threshold.Count ? ThresholdAnswer.Alert : ThresholdAnswer.Silent;
            case ThresholdKind.DetectionFilter when entry.Count > threshold.Count:
                return ThresholdAnswer.Alert;
            default:
                return ThresholdAnswer.Ignore;
        }
    }
}
