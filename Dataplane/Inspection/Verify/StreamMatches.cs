using Dataplane.Native.Memory;

namespace Dataplane.Inspection.Verify;

/// <summary>Remembers up to where in a stream a rule has matched, so that a window that still holds those
/// bytes does not raise the alert again.</summary>
/// <remarks>One per worker. The size is fixed: a newer entry takes the place of an older one. Entries of
/// flows that have ended are never found again.</remarks>
public sealed class StreamMatches : IDisposable
{
    public const uint EntryMax = 16_384;

    private readonly NativeArray<Entry> _entries = new(EntryMax);

    /// <summary>Offset behind the last match; 0: none is known.</summary>
    /// <param name="flow">Number of the flow.</param>
    /// <param name="since">The flow's first second: tells it from others of the same number.</param>
    /// <param name="rule">Index of the rule, with the direction in its highest bit.</param>
    public uint EndOf(uint flow, uint since, uint rule)
    {
        ref readonly Entry entry = ref Place(flow, since, rule);
        return entry.Flow == flow && entry.Since == since && entry.Rule == rule ? entry.End : 0;
    }

    /// <summary>Notes a match that ended before the offset.</summary>
    public void Note(uint flow, uint since, uint rule, uint end) =>
        Place(flow, since, rule) = new Entry { Flow = flow, Since = since, Rule = rule, End = end };

    public void Dispose() => _entries.Dispose();

    private ref Entry Place(uint flow, uint since, uint rule) =>
        ref _entries[((flow * 0x9E37_79B1u) ^ (since * 0x85EB_CA77u) ^ (rule * 0xC2B2_AE3Du)) % EntryMax];

    private struct Entry
    {
        public uint Flow;
        public uint Since;
        public uint Rule;
        public uint End;
    }
}
