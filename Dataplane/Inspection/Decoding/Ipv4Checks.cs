using System.Buffers.Binary;
using Dataplane.Inspection.Rules;
using Dataplane.Inspection.Verify;

namespace Dataplane.Inspection.Decoding;

/// <summary>Findings about an IPv4 header, its options (RFC 791, 1108, 2113) and fragments.</summary>
internal static class Ipv4Checks
{
    private const int FixedBytes = 20;
    private const int PacketMax = 65_535;

    public static void Check(ReadOnlySpan<byte> packet, ref DecodeFindingSet found)
    {
        if (packet.Length < FixedBytes)
        {
            found.Add(DecodeFinding.Ipv4PktTooSmall);
            return;
        }
        int headerLength = (packet[0] & 15) * 4;
        int length = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
        DecodeFinding? fault = headerLength < FixedBytes ? DecodeFinding.Ipv4HlenTooSmall
            : length < headerLength ? DecodeFinding.Ipv4IplenSmallerThanHlen
            : packet.Length < length ? DecodeFinding.Ipv4TruncPkt : null;
        if (fault is { } finding)
        {
            found.Add(finding);
            return;
        }
        if (!CheckOptions(packet[FixedBytes..headerLength], ref found))
        {
            return;
        }
        int fragment = BinaryPrimitives.ReadUInt16BigEndian(packet[6..]);
        int offset = (fragment & 0x1FFF) * 8;
        bool isFragment = (fragment & 0x3FFF) != 0;
        if (isFragment && FixedBytes + offset + length - headerLength > PacketMax)
        {
            found.Add(DecodeFinding.Ipv4FragPktTooLarge);
        }
        if (!isFragment)
        {
            DecodeChecks.CheckLayer4(packet[9], 4, packet[headerLength..length], ref found);
        }
    }

    /// <summary>False when an option is so wrong that the packet is not read further.</summary>
    private static bool CheckOptions(ReadOnlySpan<byte> options, ref DecodeFindingSet found)
    {
        if (options.Length % 8 != 0)
        {
            found.Add(DecodeFinding.Ipv4OptPadRequired);
        }
        UInt128 seen = 0;
        while (!options.IsEmpty && options[0] != 0)
        {
            if (options[0] == 1)
            {
                options = options[1..];
                continue;
            }
            if (options.Length < 2)
            {
                found.Add(DecodeFinding.Ipv4OptEolRequired);
                return true;
            }
            int length = options[1];
            if (length > options.Length || length < 2)
            {
                found.Add(DecodeFinding.Ipv4OptInvalidLen);
                return false;
            }
            CheckOption(options[..length], ref seen, ref found);
            options = options[length..];
        }
        return true;
    }

    private static void CheckOption(ReadOnlySpan<byte> option, ref UInt128 seen, ref DecodeFindingSet found)
    {
        byte type = option[0];
        int place = Array.IndexOf(Known, type);
        if (place < 0)
        {
            found.Add(DecodeFinding.Ipv4OptUnknown);
            return;
        }
        if (((seen >> place) & 1) != 0)
        {
            found.Add(DecodeFinding.Ipv4OptDuplicate);
            return;
        }
        seen |= UInt128.One << place;
        switch (type)
        {
            case RecordRoute or LooseRoute or StrictRoute:
                CheckPointer(option, 3, 4, 4, ref found);
                break;
            case Timestamp:
                CheckTimestamp(option, ref found);
                break;
            case QuickStart when option.Length != 8:
            case Security when option.Length != 11:
            case StreamId when option.Length != 4:
            case RouterAlert when option.Length != 4:
            case ExtendedSecurity when option.Length < 3:
            case Cipso when option.Length < 8:
                found.Add(DecodeFinding.Ipv4OptInvalidLen);
                break;
        }
    }

    private const byte RecordRoute = 7;
    private const byte QuickStart = 25;
    private const byte Timestamp = 68;
    private const byte Security = 130;
    private const byte LooseRoute = 131;
    private const byte ExtendedSecurity = 133;
    private const byte Cipso = 134;
    private const byte StreamId = 136;
    private const byte StrictRoute = 137;
    private const byte RouterAlert = 148;

    private static readonly byte[] Known =
    [
        RecordRoute, QuickStart, Timestamp, Security, LooseRoute, ExtendedSecurity, Cipso, StreamId,
        StrictRoute, RouterAlert,
    ];

    private static void CheckTimestamp(ReadOnlySpan<byte> option, ref DecodeFindingSet found)
    {
        if (option.Length < 5)
        {
            found.Add(DecodeFinding.Ipv4OptInvalidLen);
            return;
        }
        int record = (option[3] & 15) is 1 or 3 ? 8 : 4;
        CheckPointer(option, 5, 5, record, ref found);
    }

    /// <summary>The pointer counts from 1, moves in whole records, and ends one behind the option.</summary>
    private static void CheckPointer(
        ReadOnlySpan<byte> option, int smallest, int first, int record, ref DecodeFindingSet found)
    {
        if (option.Length < smallest)
        {
            found.Add(DecodeFinding.Ipv4OptInvalidLen);
            return;
        }
        int pointer = option[2];
        if (pointer < first || (pointer - first) % record != 0 || pointer > option.Length + 1)
        {
            found.Add(DecodeFinding.Ipv4OptMalformed);
        }
    }
}
