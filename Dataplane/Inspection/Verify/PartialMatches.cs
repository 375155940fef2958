using Dataplane.Native.Memory;

namespace Dataplane.Inspection.Verify;

/// <summary>Remembers which half of a rule has matched, where one half is about the payload and the other
/// about an application's transaction.</summary>
/// <remarks>One per worker. The size is fixed: a newer entry takes the place of an older one, which is
/// counted. Entries of flows that have ended are never found again.</remarks>
public sealed class PartialMatches : IDisposable
{
    public const uint EntryMax = 4_096;

    private readonly NativeArray<Entry> _entries = new(EntryMax);

    /// <summary>Entries that gave way while they still waited for their other half.</summary>
    public ulong ReplacedCount { get; private set; }

    /// <summary>Notes a half; true, and forgets both, when the other half was noted before.</summary>
    /// <param name="flow">Number of the flow.</param>
    /// <param name="since">The flow's first second: tells it from others of the same number.</param>
    /// <param name="rule">Index of the rule, with the direction in its highest bit.</param>
    /// <param name="half">Which half matched.</param>
    /// <param name="timeNs">Halves with other times do not belong together; 0: any do.</param>
    public bool Complete(uint flow, uint since, uint rule, MatchHalf half, long timeNs)
    {
        ref Entry entry = ref _entries[(uint)HashCode.Combine(flow, since, rule) % EntryMax];
        bool isSame = entry.Half != 0 && entry.Flow == flow && entry.Since == since && entry.Rule == rule
            && entry.TimeNs == timeNs;
        if (isSame && entry.Half != half)
        {
            entry = default;
            return true;
        }
        ReplacedCount += !isSame && entry.Half != 0 ? 1UL : 0;
        entry = new Entry { Flow = flow, Since = since, Rule = rule, Half = half, TimeNs = timeNs };
        return false;
    }

    public void Dispose() => _entries.Dispose();

    private struct Entry
    {
        public long TimeNs;
        public uint Flow;
        public uint Since;
        public uint Rule;
        public MatchHalf Half;
    }
}

/// <summary>The two halves of a rule that is about payload and transaction.</summary>
public enum MatchHalf : byte
{
    None,
    Payload,
    Transaction,
}
