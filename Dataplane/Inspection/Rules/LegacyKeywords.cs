using System.Globalization;

namespace Dataplane.Inspection.Rules;

/// <summary>Older keywords that name a buffer and what must be in it in one: tls.subject, ssh.protoversion,
/// ftpdata_command; and the dates of certificates.</summary>
internal static class LegacyKeywords
{
    private static readonly string[] DateForms =
        ["yyyy-MM-ddTHH:mm:ss", "yyyy-MM-ddTHH:mm", "yyyy-MM-ddTHH", "yyyy-MM-dd", "yyyy-MM", "yyyy"];

    public static void Register(IDictionary<string, KeywordHandler> table)
    {
        table["tls.subject"] = (b, k, v) => Content(b, k, v, "tls.cert_subject", isWhole: false);
        table["tls.issuerdn"] = (b, k, v) => Content(b, k, v, "tls.cert_issuer", isWhole: false);
        table["tls.fingerprint"] = (b, k, v) => Content(b, k, v, "tls.cert_fingerprint", isWhole: true);
        table["ssh.protoversion"] = (b, k, v) => Content(b, k, v, "ssh.proto", isWhole: true);
        table["ssh.softwareversion"] = (b, k, v) => Content(b, k, v, "ssh.software", isWhole: false);
        table["ftpdata_command"] = FtpDataCommand;
        table["ftpbounce"] = (b, k, v) =>
        {
            OptionText.None(k, v);
            b.AddTest(k, "ftp", new FtpBounceTest());
        };
        table["tls.store"] = Store;
        table["tls_cert_notbefore"] = (b, k, v) => Date(b, k, v);
        table["tls_cert_notafter"] = (b, k, v) => Date(b, k, v);
    }

    private static void Content(
        RuleBuilder builder, string keyword, string? value, string buffer, bool isWhole)
    {
        string text = OptionText.Required(keyword, value);
        bool negated = OptionText.TakeNegation(ref text);
        text = OptionText.Unquote(keyword, text, required: false);
        builder.AddTo(Buffers.Find(buffer), new ContentOption(ContentParser.Parse(keyword, text), negated)
        {
            StartsWith = isWhole,
            EndsWith = isWhole,
        });
    }

    private static void FtpDataCommand(RuleBuilder builder, string keyword, string? value)
    {
        string command = OptionText.Required(keyword, value).ToLowerInvariant();
        if (command is not ("stor" or "retr"))
        {
            throw new RuleSyntaxException(keyword, "ftpdata_command is stor or retr.");
        }
        builder.AddTo(Buffers.Find("ftpdata_command"), new ContentOption(OptionText.Bytes(command), false)
        {
            NoCase = true,
            StartsWith = true,
            EndsWith = true,
        });
    }

    /// <summary>Nothing is stored here: a rule matches with or without it.</summary>
    private static void Store(RuleBuilder builder, string keyword, string? value)
    {
        OptionText.None(keyword, value);
        builder.BindApplication("tls", keyword);
        builder.Touch();
    }

    private static void Date(RuleBuilder builder, string keyword, string? value)
    {
        string text = OptionText.Unquote(keyword, OptionText.Required(keyword, value), required: false);
        int between = text.IndexOf("<>", StringComparison.Ordinal);
        NumberTest test = between > 0
            ? new NumberTest(
                NumberComparison.Between, Seconds(keyword, text[..between]),
                Seconds(keyword, text[(between + 2)..]))
            : text[0] switch
            {
                '<' => new NumberTest(NumberComparison.Less, Seconds(keyword, text[1..]), 0),
                '>' => new NumberTest(NumberComparison.Greater, Seconds(keyword, text[1..]), 0),
                _ => new NumberTest(NumberComparison.Equal, Seconds(keyword, text), 0),
            };
        builder.AddTest(keyword, "tls", new ApplicationNumberTest(keyword, test));
    }

    private static ulong Seconds(string keyword, string text)
    {
        bool ok = DateTime.TryParseExact(
            text.Trim(), DateForms, CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTime date);
        return ok && date >= DateTime.UnixEpoch ? (ulong)(date - DateTime.UnixEpoch).TotalSeconds
            : throw new RuleSyntaxException(
                keyword, $"'{GroupText.Cut(text)}' is no date such as 2026-11-24.");
    }
}
