using Dataplane.Contract.Shared;

namespace ControlApi.Notices;

/// <summary>The id of a notice as a place in the order of notices.</summary>
public static class NoticeCursor
{
    private const int IdChars = 26;

    /// <summary>The sequence number in an id, or null when the text is none.</summary>
    public static ulong? TryParse(string? text)
        => text is { Length: IdChars } && Ulid.TryParse(text, out Ulid id)
            && SpoolId.SequenceOf(id) <= long.MaxValue
            ? SpoolId.SequenceOf(id) : null;
}
