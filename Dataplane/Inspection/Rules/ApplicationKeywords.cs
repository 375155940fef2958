using System.Collections.Frozen;

namespace Dataplane.Inspection.Rules;

/// <summary>Keywords about an application's transaction that are not buffers.</summary>
internal static class ApplicationKeywords
{
    private static readonly FrozenDictionary<string, uint> TlsVersions = new Dictionary<string, uint>
    {
        ["sslv2"] = 0x0200, ["sslv3"] = 0x0300, ["tls1.0"] = 0x0301, ["tls1.1"] = 0x0302,
        ["tls1.2"] = 0x0303, ["tls1.3"] = 0x0304,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenDictionary<string, uint> TlsStates = new Dictionary<string, uint>
    {
        ["client_hello"] = 1, ["server_hello"] = 2, ["client_keyx"] = 4, ["server_keyx"] = 8,
        ["unknown"] = 16,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    public static void Register(IDictionary<string, KeywordHandler> table)
    {
        table["app-layer-event"] = Event;
        table["app-layer-protocol"] = Protocol;
        table["urilen"] = UriLength;
        table["ssl_version"] = SslVersion;
        table["tls.version"] = TlsVersion;
        table["ssl_state"] = SslState;
        Number(table, "dns.opcode", "dns", byte.MaxValue);
        Number(table, "tls.cert_chain_len", "tls", uint.MaxValue);
        Flag(table, "tls_cert_expired", "tls");
        Flag(table, "tls_cert_valid", "tls");
    }

    private static void Number(
        IDictionary<string, KeywordHandler> table, string name, string application, ulong largest) =>
        table[name] = (builder, keyword, value) =>
        {
            string text = OptionText.Required(keyword, value);
            NumberTest test = NumberTest.Parse(keyword, text, largest);
            builder.AddTest(keyword, application, new ApplicationNumberTest(name, test));
        };

    private static void Flag(IDictionary<string, KeywordHandler> table, string name, string application) =>
        table[name] = (builder, keyword, value) =>
        {
            OptionText.None(keyword, value);
            builder.AddTest(keyword, application, new ApplicationNumberTest(
                name, new NumberTest(NumberComparison.Equal, 1, 0)));
        };

    private static void Event(RuleBuilder builder, string keyword, string? value)
    {
        string text = OptionText.Required(keyword, value);
        int dot = text.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0)
        {
            // Events of protocol detection belong to no protocol.
            builder.AddTest(keyword, null, new ApplicationEventTest(text));
            return;
        }
        string application = text[..dot];
        bool known = RuleProtocol.TryParse(application, out RuleProtocol protocol)
            && protocol.Application is not null;
        if (!known)
        {
            throw new RuleSyntaxException(
                keyword, $"'{GroupText.Cut(application)}' is no application protocol.");
        }
        builder.AddTest(keyword, application, new ApplicationEventTest(text));
    }

    private static void Protocol(RuleBuilder builder, string keyword, string? value)
    {
        string text = OptionText.Required(keyword, value);
        bool negated = OptionText.TakeNegation(ref text);
        bool known = text is "failed" or "unknown"
            || (RuleProtocol.TryParse(text, out RuleProtocol protocol) && protocol.Application is not null);
        if (!known)
        {
            throw new RuleSyntaxException(keyword, $"'{GroupText.Cut(text)}' is no application protocol.");
        }
        builder.Rule.Tests.Add(new ApplicationProtocolTest(text, negated));
        builder.Rule.NeedsFlow = true;
    }

    private static void UriLength(RuleBuilder builder, string keyword, string? value)
    {
        string[] parts = OptionText.List(
            OptionText.Unquote(keyword, OptionText.Required(keyword, value), required: false));
        string buffer = parts switch
        {
            [_] or [_, "norm"] => "http.uri",
            [_, "raw"] => "http.uri.raw",
            _ => throw new RuleSyntaxException(
                keyword, "urilen takes a length and, if need be, norm or raw."),
        };
        builder.AddTo(Buffers.Find(buffer), new BufferSizeOption(
            NumberTest.Parse(keyword, parts[0], ushort.MaxValue)));
    }

    private static void SslVersion(RuleBuilder builder, string keyword, string? value)
    {
        string[] versions = OptionText.List(OptionText.Required(keyword, value));
        int negated = versions.Count(v => v.StartsWith('!'));
        if (negated != 0 && negated != versions.Length)
        {
            throw new RuleSyntaxException(keyword, "Either all versions are negated or none.");
        }
        uint[] numbers = [.. versions.Select(v => Version(keyword, v.TrimStart('!')))];

        // In the reference engine a negated ssl_version never matches, whatever the version is.
        builder.AddTest(
            keyword, "tls", new ApplicationChoiceTest("tls.version", negated > 0 ? [] : numbers, false));
    }

    private static void TlsVersion(RuleBuilder builder, string keyword, string? value)
    {
        string text = OptionText.Unquote(keyword, OptionText.Required(keyword, value), required: false);
        bool negated = OptionText.TakeNegation(ref text);
        bool isBare = text.StartsWith("1.", StringComparison.Ordinal);
        uint version = Version(keyword, isBare ? "tls" + text : text);
        builder.AddTest(keyword, "tls", new ApplicationChoiceTest("tls.version", [version], negated));
    }

    private static uint Version(string keyword, string text) =>
        TlsVersions.TryGetValue(text.Trim(), out uint version) ? version
            : throw new RuleSyntaxException(keyword, $"'{GroupText.Cut(text)}' is no version of TLS.");

    private static void SslState(RuleBuilder builder, string keyword, string? value)
    {
        string text = OptionText.Required(keyword, value);
        bool negated = OptionText.TakeNegation(ref text);
        uint[] states = [.. text.Split(['|', ','], StringSplitOptions.TrimEntries).Select(
            s => TlsStates.TryGetValue(s, out uint state) ? state
                : throw new RuleSyntaxException(keyword, $"'{GroupText.Cut(s)}' is no state of TLS."))];
        builder.AddTest(keyword, "tls", new ApplicationChoiceTest("ssl_state", states, negated));
    }
}
