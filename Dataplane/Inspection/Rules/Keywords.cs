using System.Collections.Frozen;

namespace Dataplane.Inspection.Rules;

/// <summary>Every keyword of the language with the code that reads it.</summary>
internal static class Keywords
{
    private static readonly FrozenDictionary<string, KeywordHandler> Table = Build();

    public static KeywordHandler Find(string keyword) =>
        Table.TryGetValue(keyword, out KeywordHandler? handler) ? handler
            : throw new RuleSyntaxException(
            keyword, $"'{GroupText.Cut(keyword)}' is not a keyword this build knows.");

    public static bool Exists(string keyword) => Table.ContainsKey(keyword);

    private static FrozenDictionary<string, KeywordHandler> Build()
    {
        var table = new Dictionary<string, KeywordHandler>(StringComparer.Ordinal);
        MetaKeywords.Register(table);
        ContentKeywords.Register(table);
        PcreKeyword.Register(table);
        ByteKeywords.Register(table);
        HeaderKeywords.Register(table);
        FlowKeywords.Register(table);
        Buffers.Register(table);
        TransformKeywords.Register(table);
        Base64Keywords.Register(table);
        DatasetKeywords.Register(table);
        ApplicationKeywords.Register(table);
        MessageKeywords.Register(table);
        LegacyKeywords.Register(table);
        FileKeywords.Register(table);
        PacketEventKeywords.Register(table);
        RequiresKeyword.Register(table);
        KnownKeywords.Register(table);
        return table.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
