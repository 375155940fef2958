using System.Numerics;

namespace Dataplane.Inspection.Rules;

/// <summary>An inclusive range of numbers.</summary>
public readonly record struct ValueRange<T>(T From, T To)
    where T : struct, IUnsignedNumber<T>, IComparable<T>, IMinMaxValue<T>;

/// <summary>A sorted list of disjoint ranges; membership by binary search.</summary>
public sealed class ValueRanges<T>
    where T : struct, IUnsignedNumber<T>, IComparable<T>, IMinMaxValue<T>
{
    private readonly ValueRange<T>[] _ranges;

    private ValueRanges(ValueRange<T>[] ranges) => _ranges = ranges;

    public static ValueRanges<T> Empty { get; } = new([]);

    public static ValueRanges<T> All { get; } = new([new ValueRange<T>(T.MinValue, T.MaxValue)]);

    public bool IsEmpty => _ranges.Length == 0;

    public bool IsAll => _ranges.Length == 1 && _ranges[0].From.CompareTo(T.MinValue) == 0
        && _ranges[0].To.CompareTo(T.MaxValue) == 0;

    public ReadOnlySpan<ValueRange<T>> Ranges => _ranges;

    public static ValueRanges<T> From(IEnumerable<ValueRange<T>> ranges)
    {
        var merged = new List<ValueRange<T>>();
        foreach (ValueRange<T> range in ranges.OrderBy(r => r.From))
        {
            bool touches = merged.Count > 0 && (merged[^1].To.CompareTo(range.From) >= 0
                || merged[^1].To + T.One == range.From);
            if (!touches)
            {
                merged.Add(range);
            }
            else if (range.To.CompareTo(merged[^1].To) > 0)
            {
                merged[^1] = merged[^1] with { To = range.To };
            }
        }
        return new ValueRanges<T>([.. merged]);
    }

    public bool Contains(T value)
    {
        int low = 0;
        int high = _ranges.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            if (value.CompareTo(_ranges[middle].From) < 0)
            {
                high = middle - 1;
            }
            else if (value.CompareTo(_ranges[middle].To) > 0)
            {
                low = middle + 1;
            }
            else
            {
                return true;
            }
        }
        return false;
    }

    public ValueRanges<T> Except(ValueRanges<T> other)
    {
        var left = new List<ValueRange<T>>(_ranges);
        foreach (ValueRange<T> cut in other._ranges)
        {
            var next = new List<ValueRange<T>>(left.Count + 1);
            foreach (ValueRange<T> range in left)
            {
                AddWithout(next, range, cut);
            }
            left = next;
        }
        return From(left);
    }

    private static void AddWithout(List<ValueRange<T>> into, ValueRange<T> range, ValueRange<T> cut)
    {
        if (cut.To.CompareTo(range.From) < 0 || cut.From.CompareTo(range.To) > 0)
        {
            into.Add(range);
            return;
        }
        if (cut.From.CompareTo(range.From) > 0)
        {
            into.Add(new ValueRange<T>(range.From, cut.From - T.One));
        }
        if (cut.To.CompareTo(range.To) < 0)
        {
            into.Add(new ValueRange<T>(cut.To + T.One, range.To));
        }
    }
}
