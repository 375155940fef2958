using System.Buffers.Binary;
using Dataplane.Inspection.Rules;
using Dataplane.Inspection.Verify;

namespace Dataplane.Inspection.Decoding;

/// <summary>Findings about an IPv6 header and the extension headers behind it (RFC 8200).</summary>
internal static class Ipv6Checks
{
    private const int FixedBytes = 40;
    private const int HeaderMax = 64;
    private const int PacketMax = 65_535;
    private const byte HopByHop = 0;
    private const byte Routing = 43;
    private const byte Fragment = 44;
    private const byte EncapsulatedSecurity = 50;
    private const byte Authentication = 51;
    private const byte NoNext = 59;
    private const byte Destination = 60;

    public static void Check(ReadOnlySpan<byte> packet, ref DecodeFindingSet found)
    {
        if (packet.Length < FixedBytes)
        {
            found.Add(DecodeFinding.Ipv6PktTooSmall);
            return;
        }
        int length = BinaryPrimitives.ReadUInt16BigEndian(packet[4..]);
        if (packet.Length < FixedBytes + length)
        {
            found.Add(DecodeFinding.Ipv6TruncPkt);
            return;
        }
        byte next = packet[6];
        ReadOnlySpan<byte> rest = packet.Slice(FixedBytes, length);
        var seen = default(Seen);
        for (int i = 0; i < HeaderMax && IsExtension(next); i++)
        {
            int taken = next == NoNext ? 0 : CheckHeader(next, rest, ref seen, ref found);
            if (next == NoNext && !rest.IsEmpty)
            {
                found.Add(DecodeFinding.Ipv6DataAfterNoneHeader);
            }
            if (taken <= 0)
            {
                return;
            }
            next = rest[0];
            rest = rest[taken..];
            if (rest.Length < 2 && next != NoNext)
            {
                found.Add(DecodeFinding.Ipv6TruncExthdr);
                return;
            }
        }
        bool isKnown = next is 1 or 4 or 6 or 17 or 41 or 47 or 58 or 132 or 135 or 139 or 140;
        if (!isKnown && !rest.IsEmpty)
        {
            found.Add(DecodeFinding.Ipv6UnknownNextHeader);
        }
        DecodeChecks.CheckLayer4(next, 6, rest, ref found);
    }

    private static bool IsExtension(byte next) =>
        next is HopByHop or Routing or Fragment or EncapsulatedSecurity or Authentication or NoNext
            or Destination;

    /// <summary>Returns the header's length; 0 when the packet is not read further.</summary>
    private static int CheckHeader(
        byte kind, ReadOnlySpan<byte> rest, ref Seen seen, ref DecodeFindingSet found)
    {
        if (rest.Length < 2)
        {
            return 0;
        }
        int length = kind switch
        {
            Fragment or EncapsulatedSecurity => 8,
            Authentication => (rest[1] + 2) * 4,
            _ => (rest[1] + 1) * 8,
        };
        if (length > rest.Length)
        {
            found.Add(DecodeFinding.Ipv6TruncExthdr);
            return 0;
        }
        ReadOnlySpan<byte> header = rest[..length];
        switch (kind)
        {
            case Routing:
                Once(ref seen.Routing, 1, DecodeFinding.Ipv6ExthdrDuplRh, ref found);
                AddIf(header[2] == 0, DecodeFinding.Ipv6RhType0, ref found);
                return length;
            case HopByHop:
                Once(ref seen.HopByHop, 1, DecodeFinding.Ipv6ExthdrDuplHh, ref found);
                CheckOptions(header[2..], true, ref found);
                return length;
            case Destination:
                Once(ref seen.Destination, 2, DecodeFinding.Ipv6ExthdrDuplDh, ref found);
                CheckOptions(header[2..], false, ref found);
                return length;
            case Fragment:
                return CheckFragment(header, rest.Length - length, ref seen, ref found) ? length : 0;
            case Authentication:
                Once(ref seen.Authentication, 1, DecodeFinding.Ipv6ExthdrDuplAh, ref found);
                AddIf((header[2] | header[3]) != 0, DecodeFinding.Ipv6ExthdrAhResNotNull, ref found);
                return length;
            default:
                return 0;
        }
    }

    private static void Once(ref byte count, int max, DecodeFinding finding, ref DecodeFindingSet found)
    {
        AddIf(count >= max, finding, ref found);
        count++;
    }

    private static void AddIf(bool holds, DecodeFinding finding, ref DecodeFindingSet found)
    {
        if (holds)
        {
            found.Add(finding);
        }
    }

    /// <summary>True for a packet that is whole in spite of its fragment header.</summary>
    private static bool CheckFragment(
        ReadOnlySpan<byte> header, int dataLength, ref Seen seen, ref DecodeFindingSet found)
    {
        if (seen.Fragment > 0)
        {
            found.Add(DecodeFinding.Ipv6ExthdrDuplFh);
            return true;
        }
        seen.Fragment = 1;
        int word = BinaryPrimitives.ReadUInt16BigEndian(header[2..]);
        int offset = word & 0xFFF8;
        bool more = (word & 1) != 0;
        AddIf(header[1] != 0, DecodeFinding.Ipv6FhNonZeroReservedField, ref found);
        AddIf(more && dataLength % 8 != 0, DecodeFinding.Ipv6FragInvalidLength, ref found);
        AddIf(offset + dataLength > PacketMax, DecodeFinding.Ipv6FragPktTooLarge, ref found);
        bool isWhole = offset == 0 && !more;
        AddIf(isWhole, DecodeFinding.Ipv6ExthdrUselessFh, ref found);
        return isWhole;
    }

    private static void CheckOptions(ReadOnlySpan<byte> options, bool hopByHop, ref DecodeFindingSet found)
    {
        int paddings = 0;
        int others = 0;
        while (!options.IsEmpty)
        {
            if (options[0] == 0)
            {
                paddings++;
                options = options[1..];
                continue;
            }
            int length = options.Length > 1 ? options[1] + 2 : int.MaxValue;
            if (length > options.Length)
            {
                found.Add(DecodeFinding.Ipv6ExthdrInvalidOptlen);
                break;
            }
            switch (options[0])
            {
                case 1:
                    paddings++;
                    AddIf(length == 2, DecodeFinding.Ipv6ZeroLenPadn, ref found);
                    break;
                case 5 or 0xC2 or 0xC9:
                    others++;
                    break;
                default:
                    others++;
                    found.Add(hopByHop ? DecodeFinding.Ipv6HopoptsUnknownOpt
                        : DecodeFinding.Ipv6DstoptsUnknownOpt);
                    break;
            }
            options = options[length..];
        }
        AddIf(
            paddings > 0 && others == 0,
            hopByHop ? DecodeFinding.Ipv6HopoptsOnlyPadding : DecodeFinding.Ipv6DstoptsOnlyPadding,
            ref found);
    }

    private struct Seen
    {
        public byte Routing;
        public byte HopByHop;
        public byte Destination;
        public byte Fragment;
        public byte Authentication;
    }
}
