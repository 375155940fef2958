namespace Dataplane.Inspection.Rules;

/// <summary>Keywords that test fields of IP, TCP and ICMP headers and the figures of the flow.</summary>
internal static class HeaderKeywords
{
    private static readonly Dictionary<string, int> IpOptions = new(StringComparer.Ordinal)
    {
        ["rr"] = 7, ["lsrr"] = 131, ["eol"] = 0, ["nop"] = 1, ["ts"] = 68, ["sec"] = 130, ["esec"] = 133,
        ["cipso"] = 134, ["satid"] = 136, ["ssrr"] = 137, ["rtralt"] = 148, ["any"] = -1,
    };

    private static readonly Dictionary<string, ulong> ProtocolNumbers = new(StringComparer.OrdinalIgnoreCase)
    {
        ["icmp"] = 1, ["igmp"] = 2, ["ipip"] = 4, ["ipencap"] = 4, ["tcp"] = 6, ["egp"] = 8, ["igp"] = 9,
        ["udp"] = 17, ["ipv6"] = 41, ["rsvp"] = 46, ["gre"] = 47, ["esp"] = 50, ["ah"] = 51,
        ["ipv6-icmp"] = 58, ["eigrp"] = 88, ["ospf"] = 89, ["pim"] = 103, ["ipcomp"] = 108, ["vrrp"] = 112,
        ["l2tp"] = 115, ["sctp"] = 132, ["udplite"] = 136,
    };

    public static void Register(IDictionary<string, KeywordHandler> table)
    {
        Number(table, "dsize", PacketField.PayloadSize, ushort.MaxValue);
        Number(table, "ttl", PacketField.TimeToLive, byte.MaxValue);
        Number(table, "itype", PacketField.IcmpType, byte.MaxValue);
        Number(table, "icode", PacketField.IcmpCode, byte.MaxValue);
        Number(table, "icmpv6.mtu", PacketField.Icmp6Mtu, uint.MaxValue);
        Number(table, "tcp.mss", PacketField.TcpMaximumSegment, ushort.MaxValue);
        Number(table, "window", PacketField.TcpWindow, ushort.MaxValue);
        Number(table, "tcp.window", PacketField.TcpWindow, ushort.MaxValue);
        Number(table, "seq", PacketField.TcpSequence, uint.MaxValue);
        Number(table, "tcp.seq", PacketField.TcpSequence, uint.MaxValue);
        Number(table, "ack", PacketField.TcpAcknowledgement, uint.MaxValue);
        Number(table, "tcp.ack", PacketField.TcpAcknowledgement, uint.MaxValue);
        Number(table, "id", PacketField.IpIdentification, ushort.MaxValue);
        Number(table, "tos", PacketField.TypeOfService, byte.MaxValue);
        Number(table, "fragoffset", PacketField.FragmentOffset, ushort.MaxValue);
        Number(table, "icmp_id", PacketField.IcmpIdentifier, ushort.MaxValue);
        Number(table, "icmp_seq", PacketField.IcmpSequence, ushort.MaxValue);
        Number(table, "flow.age", PacketField.FlowAgeSeconds, uint.MaxValue);
        Number(table, "flow.pkts_toclient", PacketField.FlowPacketsToClient, uint.MaxValue);
        Number(table, "flow.pkts_toserver", PacketField.FlowPacketsToServer, uint.MaxValue);
        Number(table, "flow.bytes_toclient", PacketField.FlowBytesToClient, ulong.MaxValue);
        Number(table, "flow.bytes_toserver", PacketField.FlowBytesToServer, ulong.MaxValue);
        table["flags"] = Flags;
        table["tcp.flags"] = Flags;
        table["fragbits"] = FragmentBits;
        table["ipopts"] = IpOption;
        table["sameip"] = SameAddress;
        table["ip_proto"] = IpProtocol;
        table["stream_size"] = StreamSize;
        table["rpc"] = Rpc;
    }

    private static void Number(
        IDictionary<string, KeywordHandler> table, string name, PacketField field, ulong largest) =>
        table[name] = (builder, keyword, value) =>
        {
            string text = OptionText.Unquote(keyword, OptionText.Required(keyword, value), required: false);
            if (field == PacketField.PayloadSize
                && builder.Rule.Tests.Any(t => t is FieldTest { Field: PacketField.PayloadSize }))
            {
                throw new RuleSyntaxException(keyword, "A rule may have one dsize only.");
            }
            Add(builder, new FieldTest(field, NumberTest.Parse(keyword, text, largest)));
            builder.Rule.NeedsPacket |= field < PacketField.FlowAgeSeconds;
            builder.Rule.NeedsFlow |= field >= PacketField.FlowAgeSeconds;
        };

    private static void Add(RuleBuilder builder, PacketTest test)
    {
        builder.Rule.Tests.Add(test);
        builder.Rule.HasPerPacketKeyword = true;
    }

    private static void Flags(RuleBuilder builder, string keyword, string? value)
    {
        string[] parts = OptionText.List(OptionText.Required(keyword, value));
        if (parts.Length > 2)
        {
            throw new RuleSyntaxException(
                keyword, "flags takes the flags and, behind a comma, those to ignore.");
        }
        (FlagMatch match, byte bits) = Bits(keyword, parts[0], TcpFlag);
        byte ignored = parts.Length == 2 ? Bits(keyword, parts[1], TcpFlag).Bits : (byte)0;
        Add(builder, new TcpFlagsTest(bits, ignored, match));
        builder.Rule.NeedsPacket = true;
    }

    private static void FragmentBits(RuleBuilder builder, string keyword, string? value)
    {
        (FlagMatch match, byte bits) = Bits(
            keyword,
            OptionText.Required(keyword, value),
            c => char.ToUpperInvariant(c) switch { 'M' => 1, 'D' => 2, 'R' => 4, _ => -1 });
        Add(builder, new FragmentBitsTest(bits, match));
        builder.Rule.NeedsPacket = true;
    }

    private static int TcpFlag(char c) => char.ToUpperInvariant(c) switch
    {
        'F' => 1,
        'S' => 2,
        'R' => 4,
        'P' => 8,
        'A' => 16,
        'U' => 32,
        'E' or '2' => 64,
        'C' or '1' => 128,
        '0' => 0,
        _ => -1,
    };

    private static (FlagMatch Match, byte Bits) Bits(string keyword, string text, Func<char, int> bit)
    {
        FlagMatch match = FlagMatch.Exact;
        int bits = 0;
        int letters = 0;
        foreach (char c in text)
        {
            FlagMatch? modifier = c switch
            {
                '+' => FlagMatch.All,
                '*' => FlagMatch.Any,
                '!' => FlagMatch.NotAll,
                ' ' => match,
                _ => null,
            };
            if (modifier is { } found)
            {
                match = found;
                continue;
            }
            int value = bit(c);
            if (value < 0)
            {
                throw new RuleSyntaxException(keyword, $"'{c}' is no flag of {keyword}.");
            }
            bits |= value;
            letters++;
        }
        return letters == 0 ? throw new RuleSyntaxException(keyword, $"{keyword} names no flag.")
            : (match, (byte)bits);
    }

    private static void IpOption(RuleBuilder builder, string keyword, string? value)
    {
        string name = OptionText.Required(keyword, value).ToLowerInvariant();
        Add(builder, IpOptions.TryGetValue(name, out int option) ? new IpOptionTest(option)
            : throw new RuleSyntaxException(keyword, $"'{GroupText.Cut(name)}' is no IP option."));
        builder.Rule.NeedsPacket = true;
    }

    private static void SameAddress(RuleBuilder builder, string keyword, string? value)
    {
        OptionText.None(keyword, value);
        Add(builder, new SameAddressTest());
        builder.Rule.NeedsPacket = true;
    }

    private static void IpProtocol(RuleBuilder builder, string keyword, string? value)
    {
        string text = OptionText.Unquote(keyword, OptionText.Required(keyword, value), required: false);
        string name = text.TrimStart('!', '<', '>', '=', ' ');
        if (ProtocolNumbers.TryGetValue(name, out ulong number))
        {
            text = text[..^name.Length] + number;
        }
        builder.Rule.Tests.Add(new IpProtocolTest(NumberTest.Parse(keyword, text, byte.MaxValue)));
        builder.Rule.NeedsPacket = true;
    }

    private static void StreamSize(RuleBuilder builder, string keyword, string? value)
    {
        string[] parts = OptionText.List(OptionText.Required(keyword, value));
        StreamSide? side = parts[0] switch
        {
            "client" => StreamSide.Client,
            "server" => StreamSide.Server,
            "both" => StreamSide.Both,
            "either" => StreamSide.Either,
            _ => null,
        };
        if (parts.Length != 3 || side is null || parts[1] is not ("<" or "<=" or ">" or ">=" or "=" or "!="))
        {
            throw new RuleSyntaxException(
                keyword, "stream_size needs client, server, both or either, an operator, a size.");
        }
        string op = parts[1] == "!=" ? "!" : parts[1];
        Add(builder, new StreamSizeTest(side.Value, NumberTest.Parse(keyword, op + parts[2], uint.MaxValue)));
    }

    private static void Rpc(RuleBuilder builder, string keyword, string? value)
    {
        string[] parts = OptionText.List(OptionText.Required(keyword, value));
        if (parts.Length > 3)
        {
            throw new RuleSyntaxException(keyword, "rpc takes program, version and procedure.");
        }
        uint? Part(int index) => index >= parts.Length || parts[index] == "*" ? null
            : OptionText.Unsigned(keyword, parts[index]);
        Add(builder, new RpcTest(OptionText.Unsigned(keyword, parts[0]), Part(1), Part(2)));
        builder.Rule.NeedsPacket = true;
    }
}
