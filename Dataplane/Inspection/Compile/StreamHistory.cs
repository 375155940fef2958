using Dataplane.Inspection.Rules;

namespace Dataplane.Inspection.Compile;

/// <summary>How far back in a stream a rule must see when each packet's bytes are inspected as they
/// come.</summary>
public static class StreamHistory
{
    /// <summary>Bytes for options that may lie apart.</summary>
    public const int BytesMin = 4_096;

    /// <summary>The most that is kept of a side: longer contents are found in one piece only.</summary>
    public const int BytesMax = 32_768;

    /// <summary>Where one content decides, all but its last byte; else <see cref="BytesMin"/> and the
    /// lengths of all contents.</summary>
    internal static int BytesOf(CompiledSection? payload)
    {
        if (payload is null)
        {
            return 0;
        }
        ReadOnlySpan<CompiledStep> steps = payload.Steps;
        bool isOne = steps.Length == 1
            && steps[0].Option is ContentOption { Negated: false, HasPosition: false }
            && payload.View.Transforms.IsEmpty && steps[0].Pattern.Length < BytesMin;
        if (isOne)
        {
            return Math.Max(0, steps[0].Pattern.Length - 1);
        }
        long total = BytesMin;
        foreach (ContentOption content in payload.Contents)
        {
            total += content.Pattern.Length;
        }
        return (int)Math.Min(total, BytesMax);
    }

    /// <summary>True when a content is counted from the beginning of what is inspected.</summary>
    internal static bool HasPlace(CompiledSection? payload) => payload is not null
        && payload.Contents.Any(c => c.Offset is not null || c.Depth is not null || c.StartsWith);
}
