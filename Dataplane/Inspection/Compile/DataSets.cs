using System.Globalization;
using System.Net;
using System.Text;
using Dataplane.Inspection.Rules;

namespace Dataplane.Inspection.Compile;

/// <summary>The data sets of a rule set by name; read from their files when the first rule names
/// them.</summary>
internal sealed class DataSets
{
    private const int LineMax = 1 << 16;
    private const int MemberMax = 10_000_000;

    private readonly Dictionary<string, DataSet> _sets = new(StringComparer.Ordinal);

    public IReadOnlyCollection<DataSet> All => _sets.Values;

    public DataSet Of(DatasetOption option, string ruleFile)
    {
        if (_sets.TryGetValue(option.Name, out DataSet? known))
        {
            return known.Kind == option.Kind ? known : throw new RuleSyntaxException(
                "dataset", $"The data set {option.Name} has another type in a rule before.");
        }
        List<(byte[] Bytes, ushort Reputation)> members = Read(option, ruleFile);
        var set = new DataSet(option.Kind, (uint)members.Count);
        foreach ((byte[] bytes, ushort reputation) in members)
        {
            set.Add(bytes, reputation);
        }
        _sets[option.Name] = set;
        return set;
    }

    private static List<(byte[] Bytes, ushort Reputation)> Read(DatasetOption option, string ruleFile)
    {
        if (option.File is null)
        {
            return [];
        }
        string folder = Path.GetDirectoryName(Path.GetFullPath(ruleFile)) ?? "";
        string path = Path.Combine(folder, option.File);
        if (!option.MustExist && !File.Exists(path))
        {
            return [];
        }
        try
        {
            return [.. File.ReadLines(path, Encoding.Latin1).Take(MemberMax).Select(l => l.Trim())
                .Where(l => l.Length is > 0 and <= LineMax && l[0] != '#').Select(l => Member(option, l))];
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException
            or ArgumentException or FormatException)
        {
            throw new RuleSyntaxException(
                "dataset",
                $"The file {GroupText.Cut(option.File)} cannot be read as a data set: {fault.Message}");
        }
    }

    private static (byte[] Bytes, ushort Reputation) Member(DatasetOption option, string line)
    {
        int comma = line.IndexOf(',', StringComparison.Ordinal);
        string text = comma < 0 ? line : line[..comma];
        ushort reputation = comma < 0 ? (ushort)0
            : ushort.Parse(line.AsSpan(comma + 1).Trim(), CultureInfo.InvariantCulture);
        string first = text.Split([' ', '\t'])[0];
        byte[] bytes = option.Kind switch
        {
            DatasetKind.Text => Convert.FromBase64String(text.Trim()),
            DatasetKind.Ipv4 or DatasetKind.Ip => IPAddress.Parse(text.Trim()).GetAddressBytes(),
            _ => Convert.FromHexString(first),
        };
        return (bytes, reputation);
    }
}
