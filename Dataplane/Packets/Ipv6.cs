using Dataplane.Counters;
using Dataplane.Native.Memory;

namespace Dataplane.Packets;

/// <summary>The IPv6 header and its extension headers (RFC 8200).</summary>
public static class Ipv6
{
    /// <summary>The fixed header.</summary>
    public const int HeaderBytes = 40;

    private const int ExtensionMax = 16;

    /// <summary>Parses the header at <paramref name="layer3"/> and what follows it.</summary>
    public static DropReason Parse(ref Packet packet, int layer3)
    {
        PacketBytes frame = packet.Frame;
        int available = frame.Length - layer3;
        if (available < HeaderBytes)
        {
            return DropReason.Ipv6HeaderTruncated;
        }

        if (frame[layer3] >> 4 != 6)
        {
            return DropReason.Ipv6BadVersion;
        }

        packet.L3Offset = (ushort)layer3;
        packet.IpVersion = 6;
        packet.Ttl = frame[layer3 + 7];
        int length = frame.ReadUInt16(layer3 + 4);

        // 0 with a hop-by-hop header may announce a jumbogram; without one, offload left it:
        // use the frame's end.
        int total = Math.Min(length == 0 ? available : HeaderBytes + length, (int)packet.WireEnd - layer3);
        int end = Math.Min(layer3 + total, frame.Length);
        return ParseExtensions(ref packet, frame[layer3 + 6], layer3 + HeaderBytes, end, layer3 + total);
    }

    private static DropReason ParseExtensions(ref Packet packet, byte next, int offset, int end, int wireEnd)
    {
        PacketBytes frame = packet.Frame;
        byte last = next;
        for (int count = 0; count < ExtensionMax; count++)
        {
            if (!IsExtension(next))
            {
                packet.Protocol = next;
                DropReason reason = next == IpProtocols.NoNext
                    ? Transport.SetNoLayer4(ref packet, offset, end, wireEnd - offset)
                    : Transport.Parse(ref packet, offset, end, wireEnd - offset);

                // Where nothing at all follows, the chain of headers itself was cut.
                packet.Protocol = reason == DropReason.None || end - offset >= 2 ? next : last;
                return reason;
            }

            packet.Protocol = next;
            if (offset + 8 > end)
            {
                return DropReason.Ipv6ExtensionTruncated;
            }

            byte current = next;
            last = current;
            next = frame[offset];
            if (current == IpProtocols.Fragment)
            {
                bool whole = (frame.ReadUInt16(offset + 2) & 0xFFF9) == 0;
                offset += 8;
                if (!whole)
                {
                    packet.Protocol = next;
                    return Transport.SetFragment(ref packet, offset, end, wireEnd - offset);
                }

                continue;
            }

            // RFC 4302: AH counts in words of 4 bytes, less 2; the others in units of 8, less 1.
            int bytes = current == IpProtocols.Authentication
                ? (frame[offset + 1] + 2) * 4
                : (frame[offset + 1] + 1) * 8;
            offset += bytes;
            if (offset > end)
            {
                return DropReason.Ipv6ExtensionTruncated;
            }
        }

        packet.Protocol = LastOf(frame, next, offset, end);
        return DropReason.Ipv6ExtensionLimit;
    }

    /// <summary>What a chain of headers that is too long carries, as far as it can be told.</summary>
    private static byte LastOf(PacketBytes frame, byte next, int offset, int end)
    {
        while (IsExtension(next) && offset + 8 <= end)
        {
            int bytes = next == IpProtocols.Fragment ? 8
                : next == IpProtocols.Authentication ? (frame[offset + 1] + 2) * 4
                : (frame[offset + 1] + 1) * 8;
            next = frame[offset];
            offset += bytes;
        }

        return next;
    }

    private static bool IsExtension(byte header) => header is IpProtocols.HopByHop or IpProtocols.Routing
        or IpProtocols.Fragment or IpProtocols.Authentication or IpProtocols.DestinationOptions
        or IpProtocols.Mobility or IpProtocols.HostIdentity or IpProtocols.Shim6;
}
