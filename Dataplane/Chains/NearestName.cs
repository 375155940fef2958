namespace Dataplane.Chains;

/// <summary>Finds what a mistyped name was meant to be.</summary>
internal static class NearestName
{
    private const int LengthMax = 64;

    /// <summary>The known name that takes the fewest changes of a letter.</summary>
    public static string Of(string written, IEnumerable<string> known)
    {
        string wanted = written[..Math.Min(written.Length, LengthMax)].ToUpperInvariant();
        return known.MinBy(name => Distance(wanted, name))!;
    }

    /// <summary>Levenshtein's distance.</summary>
    private static int Distance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 0; i < a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i + 1;
            for (int j = 0; j < b.Length; j++)
            {
                int replaced = diagonal + (a[i] == b[j] ? 0 : 1);
                diagonal = row[j + 1];
                row[j + 1] = Math.Min(replaced, Math.Min(row[j], diagonal) + 1);
            }
        }

        return row[^1];
    }
}
