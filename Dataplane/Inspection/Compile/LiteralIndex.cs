using Dataplane.Inspection.Rules;
using Dataplane.Native.Vectorscan;

namespace Dataplane.Inspection.Compile;

/// <summary>The fast patterns of many rules in one database: a scan names the rules that may match.</summary>
public sealed class LiteralIndex : IDisposable
{
    /// <summary>Longer fast patterns are cut: the rest is verified anyway, and libhs refuses very long ones.
    /// </summary>
    public const int PatternBytesMax = 64;

    private readonly int[][] _rulesByPattern;

    private LiteralIndex(PatternDatabase? database, int[][] rulesByPattern)
    {
        Database = database;
        _rulesByPattern = rulesByPattern;
    }

    /// <summary>Null when no rule has a fast pattern.</summary>
    public PatternDatabase? Database { get; }

    public int PatternCount => _rulesByPattern.Length;

    /// <summary>Indices of the rules whose fast pattern has this number.</summary>
    public ReadOnlySpan<int> RulesOf(uint pattern) => _rulesByPattern[pattern];

    /// <summary>The literals that packets and streams are scanned for.</summary>
    public static LiteralIndex Build(IEnumerable<CompiledRule> rules) => Build(rules, r => r.FastPattern);

    /// <summary>The literals that a chosen buffer is scanned for.</summary>
    public static LiteralIndex Build(
        IEnumerable<CompiledRule> rules, Func<CompiledRule, ContentOption?> patternOf)
    {
        var numbers = new Dictionary<(string Bytes, bool NoCase), int>();
        var patterns = new List<Pattern>();
        var byPattern = new List<List<int>>();
        foreach (CompiledRule rule in rules)
        {
            if (patternOf(rule) is not { } content)
            {
                continue;
            }
            byte[] bytes = Part(content);
            (string, bool) key = (Convert.ToHexString(bytes), content.NoCase);
            if (!numbers.TryGetValue(key, out int number))
            {
                number = patterns.Count;
                numbers[key] = number;
                PatternOptions options = PatternOptions.OnlyFirst
                    | (content.NoCase ? PatternOptions.Caseless : PatternOptions.None);
                patterns.Add(new Pattern((uint)number, bytes, options));
                byPattern.Add([]);
            }
            byPattern[number].Add(rule.Index);
        }
        PatternDatabase? database = null;
        if (patterns.Count > 0 && !DatabaseCache.OfProcess.TryCompile(
            patterns, PatternMode.Block, out database, out PatternFault? fault))
        {
            throw new InvalidOperationException($"The rules' literals cannot be compiled: {fault!.Message}");
        }
        return new LiteralIndex(database, [.. byPattern.Select(r => r.ToArray())]);
    }

    public void Dispose() => Database?.Dispose();

    private static byte[] Part(ContentOption content)
    {
        ReadOnlySpan<byte> bytes = content.Pattern.Span;
        if (content.FastPatternLength > 0)
        {
            bytes = bytes.Slice(content.FastPatternOffset, content.FastPatternLength);
        }
        byte[] part = bytes[..Math.Min(bytes.Length, PatternBytesMax)].ToArray();
        if (content.NoCase)
        {
            AsciiCase.ToLower(part);
        }
        return part;
    }
}
