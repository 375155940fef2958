using System.Collections.Frozen;

namespace Dataplane.Inspection.Rules;

/// <summary>Keywords about what the stack found wrong with a packet or a connection, and checksums.</summary>
internal static class PacketEventKeywords
{
    private static readonly FrozenDictionary<string, StreamFinding> Findings =
        new Dictionary<string, StreamFinding>
        {
            ["pkt_invalid_timestamp"] = StreamFinding.InvalidTimestamp,
            ["est_packet_out_of_window"] = StreamFinding.PacketOutOfWindow,
            ["est_invalid_ack"] = StreamFinding.InvalidAcknowledgment,
            ["reassembly_overlap_different_data"] = StreamFinding.OverlapWithOtherData,
            ["reassembly_seq_gap"] = StreamFinding.SequenceGap,
            ["reassembly_depth_reached"] = StreamFinding.DepthReached,
            ["pkt_retransmission"] = StreamFinding.Retransmission,
            ["suspected_rst_inject"] = StreamFinding.SuspectedResetInjection,
            ["3whs_synack_tfo_data_ignored"] = StreamFinding.SynAckIgnoredFastOpenData,
        }.ToFrozenDictionary(StringComparer.Ordinal);

    public static void Register(IDictionary<string, KeywordHandler> table)
    {
        table["decode-event"] = DecodeEvent;
        table["stream-event"] = StreamEvent;
        Checksum(table, "ipv4-csum", BufferSource.Ipv4Header, 4);
        Checksum(table, "tcpv4-csum", BufferSource.TcpHeader, 4);
        Checksum(table, "tcpv6-csum", BufferSource.TcpHeader, 6);
        Checksum(table, "udpv4-csum", BufferSource.UdpHeader, 4);
        Checksum(table, "udpv6-csum", BufferSource.UdpHeader, 6);
        Checksum(table, "icmpv4-csum", BufferSource.Icmp4Header, 4);
        Checksum(table, "icmpv6-csum", BufferSource.Icmp6Header, 6);
        table["bypass"] = (builder, keyword, value) =>
        {
            OptionText.None(keyword, value);
            builder.Rule.Bypasses = true;
            builder.Rule.HasPerPacketKeyword = true;
        };
        table["l3_proto"] = Layer3;
        table["iprep"] = Reputation;
    }

    private static void Reputation(RuleBuilder builder, string keyword, string? value)
    {
        string[] parts = OptionText.List(OptionText.Required(keyword, value));
        ReputationSide? side = parts[0] switch
        {
            "src" => ReputationSide.Source,
            "dst" => ReputationSide.Destination,
            "any" => ReputationSide.Any,
            "both" => ReputationSide.Both,
            _ => null,
        };
        if (parts.Length != 4 || side is null || parts[2] is not ("<" or "<=" or ">" or ">=" or "="))
        {
            throw new RuleSyntaxException(
                keyword, "iprep needs src, dst, any or both, a category, an operator and a score.");
        }
        if (!builder.Reputations.TryFindCategory(parts[1], out byte category))
        {
            throw new RuleSyntaxException(
                keyword,
                $"The category '{GroupText.Cut(parts[1])}' is not known: name it in categories.txt.");
        }
        NumberTest test = NumberTest.Parse(keyword, (parts[2] == "=" ? "" : parts[2]) + parts[3], 127);
        builder.Rule.Tests.Add(new ReputationTest(builder.Reputations, side.Value, category, test));
        builder.Rule.HasPerPacketKeyword = true;
    }

    private static void DecodeEvent(RuleBuilder builder, string keyword, string? value)
    {
        string name = OptionText.Required(keyword, value);
        if (DecodeFindings.TryFind(name, out DecodeFinding finding))
        {
            builder.Rule.Tests.Add(new DecodeEventTest(finding));
        }
        else if (DecodeFindings.IsKnown(name))
        {
            builder.NotInspected($"{keyword}:{name}");
        }
        else
        {
            throw new RuleSyntaxException(keyword, $"'{GroupText.Cut(name)}' is no decoder event.");
        }
        builder.Rule.HasPerPacketKeyword = true;
        builder.Rule.NeedsPacket = true;
    }

    private static void StreamEvent(RuleBuilder builder, string keyword, string? value)
    {
        string name = OptionText.Required(keyword, value);
        if (Findings.TryGetValue(name, out StreamFinding finding))
        {
            builder.Rule.Tests.Add(new StreamEventTest(finding));
        }
        else
        {
            builder.NotInspected($"{keyword}:{name}");
        }
        builder.Rule.HasPerPacketKeyword = true;
        builder.Rule.NeedsPacket = true;
    }

    private static void Checksum(
        IDictionary<string, KeywordHandler> table, string name, BufferSource header, byte version) =>
        table[name] = (builder, keyword, value) =>
        {
            string text = OptionText.Unquote(keyword, OptionText.Required(keyword, value), required: false);
            bool valid = text switch
            {
                "valid" => true,
                "invalid" => false,
                _ => throw new RuleSyntaxException(keyword, $"{keyword} is valid or invalid."),
            };
            builder.Rule.Tests.Add(new ChecksumTest(header, version, valid));
            builder.Rule.HasPerPacketKeyword = true;
            builder.Rule.NeedsPacket = true;
        };

    private static void Layer3(RuleBuilder builder, string keyword, string? value)
    {
        byte version = OptionText.Required(keyword, value) switch
        {
            "ipv4" or "ip4" or "ip" => 4,
            "ipv6" or "ip6" => 6,
            string other => throw new RuleSyntaxException(
                keyword, $"'{GroupText.Cut(other)}' is not ipv4 or ipv6."),
        };
        builder.Rule.Protocol = builder.Rule.Protocol with { IpVersion = version };
    }
}
