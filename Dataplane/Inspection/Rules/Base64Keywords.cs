namespace Dataplane.Inspection.Rules;

/// <summary>base64_decode and base64_data.</summary>
internal static class Base64Keywords
{
    public static void Register(IDictionary<string, KeywordHandler> table)
    {
        table["base64_decode"] = Decode;
        table["base64_data"] = Data;
    }

    private static void Decode(RuleBuilder builder, string keyword, string? value)
    {
        uint bytes = 0;
        uint offset = 0;
        bool relative = false;
        foreach (string part in string.IsNullOrWhiteSpace(value) ? [] : OptionText.List(value))
        {
            string[] words = part.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            switch (words)
            {
                case ["relative"]:
                    relative = true;
                    break;
                case ["bytes", string count]:
                    bytes = (uint)OptionText.Integer(keyword, count, 1, uint.MaxValue);
                    break;
                case ["offset", string from]:
                    offset = (uint)OptionText.Integer(keyword, from, 0, uint.MaxValue);
                    break;
                default:
                    throw new RuleSyntaxException(
                        keyword, $"'{GroupText.Cut(part)}' is no option of base64_decode.");
            }
        }
        builder.AddBase64(new Base64Option(bytes, offset) { Relative = relative });
    }

    private static void Data(RuleBuilder builder, string keyword, string? value)
    {
        OptionText.None(keyword, value);
        builder.UseBase64(keyword);
    }
}
