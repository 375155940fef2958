using System.Globalization;

namespace Dataplane.Events;

/// <summary>Which bytes of a stream the stack keeps for a subscriber (engine §5):
/// one of the four forms.</summary>
/// <param name="Kind">The form.</param>
/// <param name="Bytes">How many bytes, or the offset from which on, by form.</param>
public readonly record struct StreamKeep(StreamKeepKind Kind, ulong Bytes)
{
    /// <summary>The most that can be kept of one side, in bytes.</summary>
    public const uint BytesMax = 65_536;

    /// <summary>Reads none, first N, last N, from N; a colon may stand for the blank.</summary>
    public static bool TryParse(string text, out StreamKeep keep)
    {
        string[] parts = text.Split([' ', ':'], StringSplitOptions.RemoveEmptyEntries);
        keep = default;
        if (parts is ["none"])
        {
            return true;
        }

        StreamKeepKind? kind = parts.Length != 2 ? null : parts[0] switch
        {
            "first" => StreamKeepKind.First,
            "last" => StreamKeepKind.Last,
            "from" => StreamKeepKind.From,
            _ => null,
        };
        if (kind is null || !ulong.TryParse(parts[1], CultureInfo.InvariantCulture, out ulong bytes)
            || (kind != StreamKeepKind.From && bytes > BytesMax))
        {
            return false;
        }

        keep = new StreamKeep(kind.Value, bytes);
        return true;
    }
}

/// <summary>The forms of <see cref="StreamKeep"/>.</summary>
public enum StreamKeepKind : byte
{
    None,

    /// <summary>The first N bytes of the side.</summary>
    First,

    /// <summary>The newest N bytes of the side.</summary>
    Last,

    /// <summary>All bytes from an offset on, up to the cap.</summary>
    From,
}

/// <summary>The union of what a flow's subscribers want kept of one side.</summary>
/// <param name="First">Keep the first so many bytes.</param>
/// <param name="Last">Keep the newest so many bytes.</param>
/// <param name="From">Keep everything from this offset on (capped);
/// <see cref="ulong.MaxValue"/>: nothing.</param>
public readonly record struct KeptRange(uint First, uint Last, ulong From)
{
    /// <summary>Nothing is kept.</summary>
    public static readonly KeptRange None = new(0, 0, ulong.MaxValue);

    /// <summary>True when nothing need be kept.</summary>
    public bool IsNone => First == 0 && Last == 0 && From == ulong.MaxValue;

    /// <summary>What serves both this and one more subscriber.</summary>
    public KeptRange With(StreamKeep keep) => keep.Kind switch
    {
        StreamKeepKind.First => this with { First = Math.Max(First, (uint)keep.Bytes) },
        StreamKeepKind.Last => this with { Last = Math.Max(Last, (uint)keep.Bytes) },
        StreamKeepKind.From => this with { From = Math.Min(From, keep.Bytes) },
        _ => this,
    };
}

/// <summary>Where a late subscription to a stream begins.</summary>
/// <param name="Kind">Next byte, oldest byte kept, or an offset.</param>
/// <param name="Offset">The offset, where there is one.</param>
public readonly record struct StreamStart(StreamStartKind Kind, ulong Offset)
{
    /// <summary>Reads now, retained or offset:N.</summary>
    public static bool TryParse(string text, out StreamStart start)
    {
        start = text == "retained" ? new StreamStart(StreamStartKind.Retained, 0) : default;
        if (text is "now" or "retained")
        {
            return true;
        }

        if (!text.StartsWith("offset:", StringComparison.Ordinal)
            || !ulong.TryParse(text.AsSpan("offset:".Length), CultureInfo.InvariantCulture, out ulong offset))
        {
            return false;
        }

        start = new StreamStart(StreamStartKind.Offset, offset);
        return true;
    }
}

/// <summary>The forms of <see cref="StreamStart"/>.</summary>
public enum StreamStartKind : byte
{
    Now,
    Retained,
    Offset,
}
