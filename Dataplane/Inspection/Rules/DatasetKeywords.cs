namespace Dataplane.Inspection.Rules;

/// <summary>dataset and datarep.</summary>
internal static class DatasetKeywords
{
    private const int NameMax = 63;

    public static void Register(IDictionary<string, KeywordHandler> table)
    {
        table["dataset"] = Dataset;
        table["datarep"] = Reputation;
    }

    private static void Dataset(RuleBuilder builder, string keyword, string? value)
    {
        string[] parts = OptionText.List(OptionText.Required(keyword, value));
        DatasetCommand command = parts[0] switch
        {
            "set" => DatasetCommand.Set,
            "unset" => DatasetCommand.Unset,
            "isset" => DatasetCommand.IsSet,
            "isnotset" => DatasetCommand.IsNotSet,
            _ => throw new RuleSyntaxException(
                keyword, $"'{GroupText.Cut(parts[0])}' is no command of dataset."),
        };
        Add(builder, keyword, parts, 1, command, default);
    }

    private static void Reputation(RuleBuilder builder, string keyword, string? value)
    {
        string[] parts = OptionText.List(OptionText.Required(keyword, value));
        if (parts.Length < 3 || parts[1] is not ("<" or ">" or "="))
        {
            throw new RuleSyntaxException(keyword, "datarep needs a name, <, > or =, and a value.");
        }
        NumberTest test = NumberTest.Parse(
            keyword, (parts[1] == "=" ? "" : parts[1]) + parts[2], ushort.MaxValue);
        Add(builder, keyword, [parts[0], .. parts[3..]], 0, DatasetCommand.Reputation, test);
    }

    private static void Add(
        RuleBuilder builder, string keyword, string[] parts, int nameAt, DatasetCommand command,
        NumberTest reputation)
    {
        string name = parts.Length > nameAt ? parts[nameAt] : "";
        if (name.Length is 0 or > NameMax || name.Contains(' ', StringComparison.Ordinal))
        {
            throw new RuleSyntaxException(keyword, $"A data set has a name of 1 to {NameMax} characters.");
        }
        if (builder.Sticky is null)
        {
            throw new RuleSyntaxException(keyword, $"{keyword} needs a sticky buffer before it.");
        }
        string? file = null;
        bool mustExist = false;
        DatasetKind? kind = null;
        foreach (string part in parts.AsSpan(nameAt + 1))
        {
            string[] words = part.Split(
                ' ', 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (words is ["type", string type])
            {
                kind = KindOf(keyword, type);
            }
            else if (words is ["load" or "state", string path])
            {
                file = path;
                mustExist = words[0] == "load";
            }
            else if (words is not ["save" or "memcap" or "hashsize", _])
            {
                throw new RuleSyntaxException(
                    keyword, $"'{GroupText.Cut(part)}' is no option of {keyword}.");
            }
        }
        DatasetKind known = kind ?? builder.DatasetKindOf(name);
        builder.Add(new DatasetOption(name, known, command, file, mustExist, reputation));
    }

    private static DatasetKind KindOf(string keyword, string text) => text switch
    {
        "string" => DatasetKind.Text,
        "md5" => DatasetKind.Md5,
        "sha256" => DatasetKind.Sha256,
        "ipv4" => DatasetKind.Ipv4,
        "ip" or "ipv6" => DatasetKind.Ip,
        _ => throw new RuleSyntaxException(
            keyword,
            $"'{GroupText.Cut(text)}' is no type of data set: string, md5, sha256, ipv4, ipv6 or ip."),
    };
}
