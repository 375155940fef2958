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
        for (int i = 0; i < rule.Suppressions.Count; i++)
        {
            if (Suppresses(rule.Suppressions[i], packet))
            {
                return ThresholdAnswer.Silent;
            }
        }
        if (rule.Threshold is not { } threshold)
        {
            return ThresholdAnswer.Alert;
        }
        HostKey key = KeyOf((uint)rule.Index, threshold.Track, packet);
        ref HostEntry entry = ref hosts.Lock(key, out uint bucket);
        ThresholdAnswer answer = Step(ref entry, threshold, packet.TimeNs);
        hosts.Unlock(bucket);
        return answer;
    }

    /// <summary>The rule's action, or that of its rate_filter while the rate is passed.</summary>
    public static RuleAction ActionOf(HostTable hosts, CompiledRule rule, in InspectedPacket packet)
    {
        if (rule.RateFilter is not { Threshold: { } rate, NewAction: { } action } filter)
        {
            return rule.Rule.Action;
        }
        ref HostEntry entry = ref hosts.Lock(
            KeyOf(RatePurpose | (uint)rule.Index, rate.Track, packet), out uint bucket);
        bool isPassed = entry.Count == Passed;
        uint seconds = isPassed ? filter.TimeoutSeconds : rate.Seconds;
        if (entry.TimeNs == 0 || packet.TimeNs > entry.TimeNs + (seconds * NanosecondsPerSecond))
        {
            entry.TimeNs = Math.Max(1, packet.TimeNs);
            entry.Count = 0;
            isPassed = false;
        }
        if (!isPassed && ++entry.Count > rate.Count)
        {
            entry.Count = Passed;
            entry.TimeNs = packet.TimeNs;
            isPassed = true;
        }
        hosts.Unlock(bucket);
        return isPassed ? action : rule.Rule.Action;
    }

    private const uint Passed = uint.MaxValue;
    private const uint RatePurpose = 1u << 30;

    private static bool Suppresses(ThresholdLine line, in InspectedPacket packet)
    {
        if (line.Addresses is not { } addresses)
        {
            return true;
        }
        bool source = line.By != ThresholdTrack.Destination
            && HeaderVerifier.Contains(addresses, packet.IpVersion, packet.Source);
        bool destination = line.By != ThresholdTrack.Source
            && HeaderVerifier.Contains(addresses, packet.IpVersion, packet.Destination);
        return source || destination;
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
