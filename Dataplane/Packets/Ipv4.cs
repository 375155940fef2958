using Dataplane.Counters;
using Dataplane.Native.Memory;

namespace Dataplane.Packets;

/// <summary>The IPv4 header (RFC 791).</summary>
public static class Ipv4
{
    /// <summary>Header without options.</summary>
    public const int HeaderBytesMin = 20;

    /// <summary>Set when more fragments follow, in the flags-and-offset field.</summary>
    public const ushort MoreFragments = 0x2000;

    /// <summary>The offset in units of 8 bytes, in the same field.</summary>
    public const ushort OffsetMask = 0x1FFF;

    /// <summary>Parses the header at <paramref name="layer3"/> and what follows it.</summary>
    public static DropReason Parse(ref Packet packet, int layer3)
    {
        PacketBytes frame = packet.Frame;
        int available = frame.Length - layer3;
        if (available < HeaderBytesMin)
        {
            return DropReason.Ipv4HeaderTruncated;
        }

        byte first = frame[layer3];
        int headerBytes = (first & 15) * 4;
        if (first >> 4 != 4)
        {
            return DropReason.Ipv4BadVersion;
        }

        if (headerBytes < HeaderBytesMin || headerBytes > available)
        {
            return DropReason.Ipv4BadHeaderLength;
        }

        // 0 is what segmentation offload leaves behind: then the frame's end is the datagram's end.
        int total = frame.ReadUInt16(layer3 + 2);
        total = Math.Min(total == 0 ? available : total, (int)packet.WireEnd - layer3);
        if (total < headerBytes)
        {
            return DropReason.Ipv4BadTotalLength;
        }

        packet.L3Offset = (ushort)layer3;
        packet.IpVersion = 4;
        packet.Ttl = frame[layer3 + 8];
        packet.Protocol = frame[layer3 + 9];
        int wireBytes = total - headerBytes;
        int end = Math.Min(layer3 + total, frame.Length);
        ushort fragment = frame.ReadUInt16(layer3 + 6);
        if ((fragment & (MoreFragments | OffsetMask)) != 0)
        {
            return Transport.SetFragment(ref packet, layer3 + headerBytes, end, wireBytes);
        }

        return Transport.Parse(ref packet, layer3 + headerBytes, end, wireBytes);
    }
}
