namespace Dataplane.Inspection.Rules;

/// <summary>Keywords about files that applications carry: names, sizes, digests.</summary>
internal static class FileKeywords
{
    public static void Register(IDictionary<string, KeywordHandler> table)
    {
        table["filename"] = (b, k, v) => Name(b, k, v, isExtension: false);
        table["fileext"] = (b, k, v) => Name(b, k, v, isExtension: true);
        table["filemagic"] = Kind;
        table["filesize"] = Size;
        table["filestore"] = Store;
        table["filemd5"] = (b, k, v) => Digest(b, k, v, DatasetKind.Md5);
        table["filesha256"] = (b, k, v) => Digest(b, k, v, DatasetKind.Sha256);
        table["filesha1"] = (b, k, v) => Digest(b, k, v, DatasetKind.Sha1);
    }

    /// <summary>The name, or what follows its last dot, without regard to case.</summary>
    private static void Name(RuleBuilder builder, string keyword, string? value, bool isExtension)
    {
        string text = OptionText.Required(keyword, value);
        bool negated = OptionText.TakeNegation(ref text);
        text = OptionText.Unquote(keyword, text, required: false);
        string pattern = isExtension ? "." + text : text;
        var content = new ContentOption(ContentParser.Parse(keyword, pattern), negated)
        {
            NoCase = true,
            EndsWith = isExtension,
        };
        builder.AddTo(Buffers.Find("file.name"), content);
    }

    /// <summary>A part of what libmagic says of the file, without regard to case.</summary>
    private static void Kind(RuleBuilder builder, string keyword, string? value)
    {
        string text = OptionText.Required(keyword, value);
        bool negated = OptionText.TakeNegation(ref text);
        text = OptionText.Unquote(keyword, text, required: false);
        builder.AddTo(
            Buffers.Find("file.magic"),
            new ContentOption(ContentParser.Parse(keyword, text), negated) { NoCase = true });
    }

    private static void Size(RuleBuilder builder, string keyword, string? value)
    {
        NumberTest test = NumberTest.Parse(keyword, OptionText.Required(keyword, value), ulong.MaxValue);
        builder.AddTest(keyword, null, new ApplicationNumberTest("filesize", test));
    }

    /// <summary>Nothing is stored here, but such a rule asks for a file to be there.</summary>
    private static void Store(RuleBuilder builder, string keyword, string? value)
    {
        foreach (string part in string.IsNullOrWhiteSpace(value) ? [] : OptionText.List(value))
        {
            bool known = part is "request" or "to_server" or "response" or "to_client" or "both" or "file"
                or "tx" or "ssn" or "flow";
            builder.Rule.StoresFlow |= part is "tx" or "ssn" or "flow";
            if (!known)
            {
                throw new RuleSyntaxException(keyword, $"'{GroupText.Cut(part)}' is no option of filestore.");
            }
        }
        builder.AddTest(keyword, null, new ApplicationNumberTest(
            "file", new NumberTest(NumberComparison.GreaterOrEqual, 0, 0)));
    }

    private static void Digest(RuleBuilder builder, string keyword, string? value, DatasetKind kind)
    {
        string file = OptionText.Required(keyword, value);
        bool negated = OptionText.TakeNegation(ref file);
        string buffer = kind switch
        {
            DatasetKind.Md5 => "file.md5",
            DatasetKind.Sha1 => "file.sha1",
            _ => "file.sha256",
        };
        DatasetCommand command = negated ? DatasetCommand.IsNotSet : DatasetCommand.IsSet;
        builder.AddTo(Buffers.Find(buffer), new DatasetOption(
            $"{keyword} {file}", kind, command, file, true, default));
    }
}
