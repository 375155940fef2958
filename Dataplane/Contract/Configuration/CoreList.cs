using System.Globalization;

namespace Dataplane.Contract.Configuration;

/// <summary>The cores field of workers: auto (an empty list) or numbers and ranges such as 2,4-6.</summary>
public static class CoreList
{
    private const int CoreMax = 1_023;

    public static bool TryParse(string text, out IReadOnlyList<int> cores)
    {
        var found = new SortedSet<int>();
        cores = [];
        if (text == "auto")
        {
            return true;
        }
        foreach (string part in text.Split(','))
        {
            string[] ends = part.Split('-');
            if (ends.Length > 2 || !TryCore(ends[0], out int first) || !TryCore(ends[^1], out int last)
                || last < first)
            {
                return false;
            }
            found.UnionWith(Enumerable.Range(first, last - first + 1));
        }
        cores = [.. found];
        return true;
    }

    private static bool TryCore(string text, out int core)
        => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out core) && core <= CoreMax;
}
