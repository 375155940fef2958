namespace Dataplane.Inspection.Rules;

/// <summary>The transforms: they stand behind a sticky buffer and before its contents.</summary>
internal static class TransformKeywords
{
    private const int KeyBytesMax = 255;

    private static IEnumerable<(string Name, TransformKind Kind)> Plain { get; } =
    [
        ("to_lowercase", TransformKind.ToLowercase), ("to_uppercase", TransformKind.ToUppercase),
        ("to_md5", TransformKind.ToMd5), ("to_sha1", TransformKind.ToSha1),
        ("to_sha256", TransformKind.ToSha256), ("strip_whitespace", TransformKind.StripWhitespace),
        ("compress_whitespace", TransformKind.CompressWhitespace),
        ("url_decode", TransformKind.UrlDecode), ("dotprefix", TransformKind.DotPrefix),
        ("header_lowercase", TransformKind.HeaderLowercase),
        ("strip_pseudo_headers", TransformKind.StripPseudoHeaders),
    ];

    public static void Register(IDictionary<string, KeywordHandler> table)
    {
        foreach ((string name, TransformKind kind) in Plain)
        {
            table[name] = (builder, keyword, value) =>
            {
                OptionText.None(keyword, value);
                builder.AddTransform(keyword, new TransformOption(kind, default));
            };
        }
        table["xor"] = Xor;
        table["pcrexform"] = PcreGroup;
    }

    private static void Xor(RuleBuilder builder, string keyword, string? value)
    {
        string text = OptionText.Unquote(keyword, OptionText.Required(keyword, value), required: true);
        bool isHex = text.Length is > 0 and <= KeyBytesMax * 2 && text.Length % 2 == 0
            && text.All(char.IsAsciiHexDigit);
        builder.AddTransform(keyword, isHex
            ? new TransformOption(TransformKind.Xor, Convert.FromHexString(text))
            : throw new RuleSyntaxException(
                keyword, $"xor needs a key of 1 to {KeyBytesMax} bytes in hex digits."));
    }

    private static void PcreGroup(RuleBuilder builder, string keyword, string? value)
    {
        string text = OptionText.Unquote(keyword, OptionText.Required(keyword, value), required: true);
        OptionText.Required(keyword, text);
        builder.AddTransform(
            keyword, new TransformOption(TransformKind.PcreGroup, OptionText.Bytes(text)));
    }
}
