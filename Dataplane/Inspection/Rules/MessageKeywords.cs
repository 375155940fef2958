using System.Collections.Frozen;
using System.Globalization;

namespace Dataplane.Inspection.Rules;

/// <summary>Keywords about numbers in messages: DCE/RPC, MQTT, Kerberos, SNMP, RFB, DHCP, HTTP/2.</summary>
internal static class MessageKeywords
{
    private static readonly string[] MqttTypes =
    [
        "UNASSIGNED", "CONNECT", "CONNACK", "PUBLISH", "PUBACK", "PUBREC", "PUBREL", "PUBCOMP", "SUBSCRIBE",
        "SUBACK", "UNSUBSCRIBE", "UNSUBACK", "PINGREQ", "PINGRESP", "DISCONNECT", "AUTH",
    ];

    private static readonly string[] Http2Frames =
    [
        "DATA", "HEADERS", "PRIORITY", "RSTSTREAM", "SETTINGS", "PUSHPROMISE", "PING", "GOAWAY",
        "WINDOWUPDATE", "CONTINUATION",
    ];

    private static readonly string[] Http2Errors =
    [
        "NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT",
        "STREAM_CLOSED", "FRAME_SIZE_ERROR", "REFUSED_STREAM", "CANCEL", "COMPRESSION_ERROR",
        "CONNECT_ERROR", "ENHANCE_YOUR_CALM", "INADEQUATE_SECURITY", "HTTP_1_1_REQUIRED",
    ];

    private static readonly string[] Http2Settings =
    [
        "", "SETTINGS_HEADER_TABLE_SIZE", "SETTINGS_ENABLE_PUSH", "SETTINGS_MAX_CONCURRENT_STREAMS",
        "SETTINGS_INITIAL_WINDOW_SIZE", "SETTINGS_MAX_FRAME_SIZE", "SETTINGS_MAX_HEADER_LIST_SIZE",
    ];

    private static readonly FrozenDictionary<string, ulong> MqttFlagBits = new Dictionary<string, ulong>
    {
        ["dup"] = 8, ["retain"] = 1,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenDictionary<string, ulong> ConnectFlagBits = new Dictionary<string, ulong>
    {
        ["username"] = 0x80, ["password"] = 0x40, ["will_retain"] = 0x20, ["will"] = 0x04,
        ["clean_session"] = 0x02,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenDictionary<string, ulong> RfbResults = new Dictionary<string, ulong>
    {
        ["ok"] = 0, ["fail"] = 1, ["toomany"] = 2,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static void Register(IDictionary<string, KeywordHandler> table)
    {
        table["dcerpc.iface"] = table["dce_iface"] = Interface;
        table["dcerpc.opnum"] = table["dce_opnum"] = OperationNumber;
        Number(table, "mqtt.qos", "mqtt", 2);
        Number(table, "mqtt.protocol_version", "mqtt", byte.MaxValue);
        Number(table, "mqtt.reason_code", "mqtt", byte.MaxValue);
        Number(table, "krb5_msg_type", "krb5", byte.MaxValue);
        Number(table, "krb5_err_code", "krb5", int.MaxValue);
        Number(table, "snmp.version", "snmp", uint.MaxValue);
        Number(table, "snmp.pdu_type", "snmp", uint.MaxValue);
        Number(table, "rfb.sectype", "rfb", uint.MaxValue);
        Number(table, "dhcp.leasetime", "dhcp", ulong.MaxValue);
        Number(table, "dhcp.rebinding_time", "dhcp", ulong.MaxValue);
        Number(table, "dhcp.renewal_time", "dhcp", ulong.MaxValue);
        Number(table, "http2.window", "http2", uint.MaxValue);
        Number(table, "http2.priority", "http2", byte.MaxValue);
        Word(table, "mqtt.type", "mqtt", MqttTypes);
        Word(table, "http2.frametype", "http2", Http2Frames);
        Word(table, "http2.errorcode", "http2", Http2Errors);
        Flags(table, "mqtt.flags", MqttFlagBits);
        Flags(table, "mqtt.connect.flags", ConnectFlagBits);
        table["rfb.secresult"] = SecurityResult;
        table["http2.settings"] = Setting;
    }

    private static void Number(
        IDictionary<string, KeywordHandler> table, string name, string application, ulong largest) =>
        table[name] = (builder, keyword, value) =>
        {
            NumberTest test = NumberTest.Parse(keyword, OptionText.Required(keyword, value), largest);
            builder.AddTest(keyword, application, new ApplicationNumberTest(name, test));
        };

    /// <summary>A word of a list, or its number.</summary>
    private static void Word(
        IDictionary<string, KeywordHandler> table, string name, string application, string[] words) =>
        table[name] = (builder, keyword, value) =>
        {
            string text = OptionText.Required(keyword, value).Trim();
            int place = Array.FindIndex(
                words, w => w.Equals(text, StringComparison.OrdinalIgnoreCase));
            NumberTest test = place >= 0 ? new NumberTest(NumberComparison.Equal, (ulong)place, 0)
                : NumberTest.Parse(keyword, text, uint.MaxValue);
            builder.AddTest(keyword, application, new ApplicationNumberTest(name, test));
        };

    private static void Flags(
        IDictionary<string, KeywordHandler> table, string name, FrozenDictionary<string, ulong> bits) =>
        table[name] = (builder, keyword, value) =>
        {
            ulong set = 0;
            ulong notSet = 0;
            foreach (string part in OptionText.List(OptionText.Required(keyword, value)))
            {
                string flag = part;
                bool negated = OptionText.TakeNegation(ref flag);
                if (!bits.TryGetValue(flag.Trim(), out ulong bit))
                {
                    throw new RuleSyntaxException(
                        keyword, $"'{GroupText.Cut(flag)}' is no flag of {keyword}.");
                }
                set |= negated ? 0 : bit;
                notSet |= negated ? bit : 0;
            }
            builder.AddTest(keyword, "mqtt", new ApplicationBitsTest(name, set, notSet));
        };

    /// <summary>An identifier; behind commas the version it must have, and any_frag.</summary>
    private static void Interface(RuleBuilder builder, string keyword, string? value)
    {
        string[] parts = OptionText.List(OptionText.Required(keyword, value));
        string digits = parts[0].Replace("-", "", StringComparison.Ordinal);
        bool isIdentifier = parts[0].Length == 36 && UInt128.TryParse(
            digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out _);
        if (!isIdentifier)
        {
            throw new RuleSyntaxException(keyword, $"'{GroupText.Cut(parts[0])}' is no identifier.");
        }
        NumberTest? version = null;
        bool anyFragment = false;
        foreach (string part in parts[1..])
        {
            if (part == "any_frag")
            {
                anyFragment = true;
            }
            else
            {
                version = NumberTest.Parse(keyword, part, ushort.MaxValue);
            }
        }
        builder.AddTest(keyword, "dcerpc", new DceRpcInterfaceTest(
            UInt128.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture), version,
            anyFragment));
    }

    /// <summary>Numbers and ranges of numbers, with commas between.</summary>
    private static void OperationNumber(RuleBuilder builder, string keyword, string? value)
    {
        var ranges = new List<(ulong From, ulong To)>();
        foreach (string part in OptionText.List(OptionText.Required(keyword, value)))
        {
            string[] ends = part.Split('-', 2);
            ulong from = OptionText.Unsigned(keyword, ends[0].Trim());
            ulong to = ends.Length == 1 ? from : OptionText.Unsigned(keyword, ends[1].Trim());
            if (from > to || to > ushort.MaxValue)
            {
                throw new RuleSyntaxException(keyword, $"'{GroupText.Cut(part)}' is no range of numbers.");
            }
            ranges.Add((from, to));
        }
        builder.AddTest(keyword, "dcerpc", new ApplicationRangesTest("dcerpc.opnum", ranges));
    }

    private static void SecurityResult(RuleBuilder builder, string keyword, string? value)
    {
        string text = OptionText.Required(keyword, value).Trim();
        NumberTest test = RfbResults.TryGetValue(text, out ulong result)
            ? new NumberTest(NumberComparison.Equal, result, 0)
            : text == "unknown" ? new NumberTest(NumberComparison.Greater, 2, 0)
            : throw new RuleSyntaxException(keyword, $"'{GroupText.Cut(text)}' is no result of security.");
        builder.AddTest(keyword, "rfb", new ApplicationNumberTest(keyword, test));
    }

    /// <summary>A setting's name, and what its value must be.</summary>
    private static void Setting(RuleBuilder builder, string keyword, string? value)
    {
        string text = OptionText.Required(keyword, value).Trim();
        int end = text.IndexOfAny(['<', '>', '=', '!', ' ']);
        string name = end < 0 ? text : text[..end];
        int setting = Array.IndexOf(Http2Settings, name);
        if (setting <= 0)
        {
            throw new RuleSyntaxException(keyword, $"'{GroupText.Cut(name)}' is no setting of HTTP/2.");
        }
        NumberTest? test = end < 0 ? null : NumberTest.Parse(keyword, text[end..].Trim(), uint.MaxValue);
        builder.AddTest(keyword, "http2", new Http2SettingTest((uint)setting, test));
    }
}
