using Dataplane.Inspection.Rules;
using Dataplane.Inspection.Verify;

namespace Dataplane.Inspection.Decoding;

/// <summary>Findings about ICMP and ICMPv6 messages.</summary>
internal static class IcmpChecks
{
    private const int HeaderBytes = 8;
    private const int Ipv4FixedBytes = 20;

    public static void CheckV4(ReadOnlySpan<byte> message, ref DecodeFindingSet found)
    {
        if (message.Length < HeaderBytes)
        {
            found.Add(DecodeFinding.Icmpv4PktTooSmall);
            return;
        }
        int codeMax = message[0] switch
        {
            3 => 15,
            5 => 3,
            11 or 12 => message[0] == 11 ? 1 : 2,
            9 => 16,
            0 or 4 or 8 or 10 or 13 or 14 or 15 or 16 or 17 or 18 => 0,
            _ => -1,
        };
        if (codeMax < 0)
        {
            found.Add(DecodeFinding.Icmpv4UnknownType);
            return;
        }
        if (message[1] > codeMax)
        {
            found.Add(DecodeFinding.Icmpv4UnknownCode);
            return;
        }
        if (message[0] is 3 or 4 or 5 or 11 or 12)
        {
            CheckQuoted(message[HeaderBytes..], ref found);
        }
    }

    public static void CheckV6(ReadOnlySpan<byte> message, ref DecodeFindingSet found)
    {
        if (message.Length < HeaderBytes)
        {
            found.Add(DecodeFinding.Icmpv6PktTooSmall);
            return;
        }
        int type = message[0];
        int codeMax = type switch
        {
            1 => 7,
            3 => 1,
            4 => 3,
            138 => 255,
            139 or 140 => 2,
            _ => 0,
        };
        bool unassigned = type is (>= 5 and < 100) or (> 101 and < 128) or (> 161 and < 200)
            or (> 201 and < 255);
        if (type is 100 or 101 or 200 or 201)
        {
            found.Add(DecodeFinding.Icmpv6ExperimentationType);
        }
        else if (unassigned)
        {
            found.Add(DecodeFinding.Icmpv6UnassignedType);
        }
        else if (message[1] > codeMax)
        {
            found.Add(DecodeFinding.Icmpv6UnknownCode);
        }
    }

    private static void CheckQuoted(ReadOnlySpan<byte> quoted, ref DecodeFindingSet found)
    {
        if (quoted.IsEmpty)
        {
            return;
        }
        if (quoted.Length < Ipv4FixedBytes)
        {
            found.Add(DecodeFinding.Icmpv4Ipv4TruncPkt);
        }
        else if (quoted[0] >> 4 != 4)
        {
            found.Add(DecodeFinding.Icmpv4Ipv4UnknownVer);
        }
    }
}
