using System.Globalization;

namespace Dataplane.Inspection.Rules;

/// <summary>Scores of addresses by category, for `iprep`: categories from `categories.txt`
/// (number,name,description), scores from `*.list` (address or network,category,score).</summary>
/// <remarks>Read while rules load, read-only afterwards. Of several networks that hold an address the
/// smallest counts.</remarks>
public sealed class Reputations
{
    public const int CategoryMax = 60;
    public const int EntryMax = 10_000_000;
    private const byte ScoreMax = 127;

    private readonly Dictionary<string, byte> _categories = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<(byte Category, int PrefixBits, UInt128 Network), byte> _scores = [];
    private readonly SortedSet<int> _prefixes = [];
    private int[] _longestFirst = [];

    /// <summary>True for a file of categories or scores.</summary>
    public static bool IsNamed(string path) =>
        Path.GetFileName(path) == "categories.txt" || path.EndsWith(".list", StringComparison.Ordinal);

    public bool TryFindCategory(string name, out byte category) =>
        _categories.TryGetValue(name, out category);

    /// <summary>Reads a file of either kind; returns the lines that could not be read.</summary>
    public IReadOnlyList<RejectedRule> Read(string name, IEnumerable<string> lines)
    {
        bool isCategories = Path.GetFileName(name) == "categories.txt";
        var rejected = new List<RejectedRule>();
        int number = 0;
        foreach (string line in lines)
        {
            number++;
            string text = line.Trim();
            if (text.Length == 0 || text[0] == '#')
            {
                continue;
            }
            string[] parts = text.Split(',', StringSplitOptions.TrimEntries);
            bool taken = isCategories ? TakeCategory(parts) : TakeScore(parts);
            if (!taken)
            {
                rejected.Add(new RejectedRule(
                    name, number, 0, "iprep", $"'{GroupText.Cut(text)}' is no line of {(isCategories
                        ? "categories: number,name,description" : "scores: address,category,score")}."));
            }
        }
        _longestFirst = [.. _prefixes.Reverse()];
        return rejected;
    }

    /// <summary>The score of an address (IPv4 in the low 32 bits); false when it has none.</summary>
    public bool TryFind(byte category, byte ipVersion, UInt128 address, out byte score)
    {
        UInt128 whole = ipVersion == 4 ? Mapped | address : address;
        foreach (int bits in _longestFirst)
        {
            if (_scores.TryGetValue((category, bits, whole & Mask(bits)), out score))
            {
                return true;
            }
        }
        score = 0;
        return false;
    }

    /// <summary>::ffff:0:0/96, where IPv4 addresses are kept.</summary>
    private static UInt128 Mapped => (UInt128)0xFFFF << 32;

    private static UInt128 Mask(int bits) => bits == 0 ? 0 : UInt128.MaxValue << (128 - bits);

    private bool TakeCategory(string[] parts)
    {
        bool fits = parts.Length >= 2 && parts[1].Length > 0 && byte.TryParse(
            parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out byte number)
            && number < CategoryMax && _categories.TryAdd(parts[1], number);
        return fits;
    }

    private bool TakeScore(string[] parts)
    {
        if (parts.Length != 3 || _scores.Count == EntryMax
            || !byte.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out byte category)
            || !byte.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out byte score)
            || category >= CategoryMax || score > ScoreMax
            || !System.Net.IPNetwork.TryParse(
                parts[0].Contains('/', StringComparison.Ordinal) ? parts[0]
                    : parts[0] + (parts[0].Contains(':', StringComparison.Ordinal) ? "/128" : "/32"),
                out System.Net.IPNetwork network))
        {
            return false;
        }
        UInt128 address = 0;
        byte[] bytes = network.BaseAddress.GetAddressBytes();
        foreach (byte octet in bytes)
        {
            address = (address << 8) | octet;
        }
        bool v4 = bytes.Length == 4;
        int bits = network.PrefixLength + (v4 ? 96 : 0);
        _scores[(category, bits, (v4 ? Mapped | address : address) & Mask(bits))] = score;
        _prefixes.Add(bits);
        return true;
    }
}
