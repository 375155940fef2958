namespace Testing;

/// <summary>One frame as it is on the wire, with the time it was there (nanoseconds since 1970,
/// UTC).</summary>
public readonly record struct Frame(long TimestampNs, byte[] Bytes)
{
    /// <summary>One sequence in the order of time; frames of equal time keep the order of the
    /// arguments.</summary>
    public static IReadOnlyList<Frame> Merge(params IEnumerable<Frame>[] sequences) =>
        [.. sequences.SelectMany(frames => frames).OrderBy(frame => frame.TimestampNs)];
}
