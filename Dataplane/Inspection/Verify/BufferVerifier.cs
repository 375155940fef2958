using Dataplane.Inspection.Compile;
using Dataplane.Inspection.Rules;
using Dataplane.Native.Pcre2;

namespace Dataplane.Inspection.Verify;

/// <summary>Runs the steps of a section over a buffer, trying other occurrences where later steps are
/// relative.</summary>
/// <remarks>One per worker. Allocates nothing; steps per buffer are limited by <see
/// cref="StepMax"/>.</remarks>
public sealed partial class BufferVerifier(PcreMatcher matcher)
{
    /// <summary>Steps tried for one rule and buffer (Suricata's recursion limit).</summary>
    public const int StepMax = 3_000;

    private readonly long[] _variables = new long[16];
    private int _position;
    private int _steps;

    /// <summary>Verifications ended by <see cref="StepMax"/>.</summary>
    public ulong StepLimitCount { get; private set; }

    /// <summary>Expressions ended by their match limits.</summary>
    public ulong ExpressionLimitCount { get; private set; }

    public bool Matches(ReadOnlySpan<byte> buffer, CompiledSection section)
    {
        _position = 0;
        _steps = 0;
        return Run(buffer, section.Steps);
    }

    private bool Run(ReadOnlySpan<byte> buffer, ReadOnlySpan<CompiledStep> steps)
    {
        while (!steps.IsEmpty)
        {
            if (++_steps > StepMax)
            {
                StepLimitCount += _steps == StepMax + 1 ? 1UL : 0;
                return false;
            }
            CompiledStep step = steps[0];
            ReadOnlySpan<CompiledStep> rest = steps[1..];
            if (step.Option.RelativeNext && step.Kind is StepKind.Content or StepKind.Pcre)
            {
                bool negated = step.Kind == StepKind.Content
                    ? ((ContentOption)step.Option).Negated : ((PcreOption)step.Option).Negated;
                if (!negated)
                {
                    return step.Kind == StepKind.Content
                        ? ContentThenRest(buffer, step, rest) : PcreThenRest(buffer, step, rest);
                }
            }
            if (!RunOne(buffer, step))
            {
                return false;
            }
            steps = rest;
        }
        return true;
    }

    private bool RunOne(ReadOnlySpan<byte> buffer, CompiledStep step) => step.Kind switch
    {
        StepKind.Content => Content(buffer, step),
        StepKind.Pcre => Pcre(buffer, step, 0, out _),
        StepKind.IsDataAt => IsDataAt(buffer, (IsDataAtOption)step.Option),
        StepKind.BufferSize => ((BufferSizeOption)step.Option).Test.Holds((ulong)buffer.Length),
        StepKind.ByteTest => ByteSteps.Test(buffer, _position, (ByteTestOption)step.Option, _variables),
        StepKind.ByteJump => ByteSteps.Jump(buffer, ref _position, (ByteJumpOption)step.Option, _variables),
        StepKind.Base64 => Base64(buffer, step),
        StepKind.Dataset => Dataset(buffer, step),
        StepKind.ByteExtract =>
        ByteSteps.Extract(buffer, ref _position, (ByteExtractOption)step.Option, _variables),
        _ => ByteSteps.Calculate(buffer, ref _position, (ByteMathOption)step.Option, _variables),
    };

    private bool IsDataAt(ReadOnlySpan<byte> buffer, IsDataAtOption option)
    {
        long distance = option.Distance.Get(_variables);
        bool there = option.Relative ? _position + distance <= buffer.Length : distance < buffer.Length;
        return there != option.Negated;
    }

    private bool Content(ReadOnlySpan<byte> buffer, CompiledStep step)
    {
        var content = (ContentOption)step.Option;
        int end = Find(buffer, step, content, _position, 0, out _);
        if (content.Negated)
        {
            return end < 0;
        }
        _position = end < 0 ? _position : end;
        return end >= 0;
    }

    private bool ContentThenRest(
        ReadOnlySpan<byte> buffer, CompiledStep step, ReadOnlySpan<CompiledStep> rest)
    {
        var content = (ContentOption)step.Option;
        int before = _position;
        int from = 0;
        while (_steps <= StepMax)
        {
            int end = Find(buffer, step, content, before, from, out bool again);
            if (end < 0)
            {
                return false;
            }
            _position = end;
            if (Run(buffer, rest))
            {
                return true;
            }
            if (!again)
            {
                return false;
            }
            from = end - step.Pattern.Length + 1;
            _steps++;
        }
        return false;
    }

    /// <summary>The end of the pattern's next occurrence at or after <paramref name="from"/>, or
    /// -1.</summary>
    private int Find(
        ReadOnlySpan<byte> buffer, CompiledStep step, ContentOption content, int previous, int from,
        out bool again)
    {
        (long low, long high) = Window(buffer.Length, content, previous);
        low = Math.Max(low, from);
        high = Math.Min(high, buffer.Length);
        again = false;
        int length = step.Pattern.Length;
        if (low > high || high <= 0)
        {
            return -1;
        }
        if (content.EndsWith)
        {
            bool reaches = high == buffer.Length && high - low >= length;
            return reaches && StartsWith(buffer[^length..], step, content)
                && (!content.StartsWith || buffer.Length == length) ? buffer.Length : -1;
        }
        ReadOnlySpan<byte> window = buffer[(int)low..(int)high];
        if (content.StartsWith)
        {
            return low == 0 && StartsWith(window, step, content) ? length : -1;
        }
        again = true;
        int found = content.NoCase ? AsciiCase.IndexOf(window, step.Pattern) : window.IndexOf(step.Pattern);
        return found < 0 ? -1 : (int)low + found + length;
    }

    private static bool StartsWith(ReadOnlySpan<byte> bytes, CompiledStep step, ContentOption content) =>
        content.NoCase ? AsciiCase.StartsWith(bytes, step.Pattern) : bytes.StartsWith(step.Pattern);

    /// <summary>Where the pattern may lie: [low, high). A limit that comes from a variable reaches further,
    /// which is how the reference engine counts it.</summary>
    private (long Low, long High) Window(int length, ContentOption content, int previous)
    {
        long low = 0;
        long high = length;
        if (content.Distance is not null || content.Within is not null)
        {
            low = previous;
            long distance = content.Distance?.Get(_variables) ?? 0;
            low = Math.Max(0, low + distance);
            if (content.Within is { } within)
            {
                high = Math.Min(high, previous + within.Get(_variables) + distance);
            }
        }
        else
        {
            low = content.Offset?.Get(_variables) ?? 0;
            if (content.Depth is { } depth)
            {
                high = depth.Get(_variables)
                    + (content.Offset is { IsVariable: false } && !depth.IsVariable ? low : 0);
            }
        }
        bool widened = (content.Distance?.IsVariable ?? false) || (content.Offset?.IsVariable ?? false)
            || (content.Depth?.IsVariable ?? false);
        return (low, widened ? high + low : high);
    }

    private bool Pcre(ReadOnlySpan<byte> buffer, CompiledStep step, int from, out int next)
    {
        var option = (PcreOption)step.Option;
        int origin = option.Relative ? Math.Min(_position, buffer.Length) : 0;
        ReadOnlySpan<byte> subject = buffer[origin..];
        next = 0;
        if (from > subject.Length)
        {
            return false;
        }
        PcreOutcome outcome = matcher.Match(step.Expression!, subject, from);
        ExpressionLimitCount += outcome == PcreOutcome.LimitReached ? 1UL : 0;
        if (outcome != PcreOutcome.Matched)
        {
            return option.Negated && outcome == PcreOutcome.NoMatch;
        }
        if (option.Negated || !matcher.TryGetGroup(0, out int start, out int end))
        {
            return false;
        }
        _position = origin + end;
        next = start + 1;
        return true;
    }

    private bool PcreThenRest(ReadOnlySpan<byte> buffer, CompiledStep step, ReadOnlySpan<CompiledStep> rest)
    {
        int before = _position;
        int from = 0;
        while (_steps <= StepMax)
        {
            _position = before;
            if (!Pcre(buffer, step, from, out int next))
            {
                return false;
            }
            if (Run(buffer, rest))
            {
                return true;
            }
            from = next;
            _steps++;
        }
        return false;
    }
}
