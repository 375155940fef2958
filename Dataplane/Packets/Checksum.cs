using System.Buffers.Binary;
using Dataplane.Native.Memory;

namespace Dataplane.Packets;

/// <summary>The internet checksum (RFC 1071) and its incremental form (RFC 1624).</summary>
/// <remarks>Sums are kept in network byte order words; results are what stands in the header.</remarks>
public static class Checksum
{
    /// <summary>The checksum of some bytes; 0 when a field that lies inside them is right.</summary>
    public static ushort Of(ReadOnlySpan<byte> bytes) => Finish(Add(0, bytes));

    /// <summary>True when the TCP or UDP checksum of a whole segment is right.</summary>
    public static bool IsLayer4Right(ref readonly Packet packet)
    {
        ulong sum = packet.Protocol + (ulong)(packet.PayloadOffset + packet.PayloadLength - packet.L4Offset);
        PacketBytes layer3 = packet.Layer3;
        sum = packet.IpVersion == 4
            ? Add(sum, layer3.Slice(12, 8).Span)
            : Add(sum, layer3.Slice(8, 32).Span);
        return Finish(Add(sum, packet.Layer4.Span)) == 0;
    }

    /// <summary>True when the IPv4 header's checksum is right; IPv6 headers have none.</summary>
    public static bool IsIpHeaderRight(ref readonly Packet packet) =>
        packet.IpVersion != 4
        || Of(packet.Layer3.Slice(0, (packet.Layer3[0] & 15) * sizeof(uint)).Span) == 0;

    /// <summary>A checksum after one 16-bit word it covers went from <paramref name="from"/> to
    /// <paramref name="to"/> (RFC 1624, equation 3).</summary>
    public static ushort Update(ushort checksum, ushort from, ushort to)
    {
        uint sum = (ushort)~checksum + (uint)(ushort)~from + to;
        sum = (sum & 0xFFFF) + (sum >> 16);
        sum = (sum & 0xFFFF) + (sum >> 16);
        return (ushort)~sum;
    }

    /// <summary>Adds bytes to a sum that began at an even offset.</summary>
    public static ulong Add(ulong sum, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= sizeof(uint))
        {
            sum += BinaryPrimitives.ReadUInt32BigEndian(bytes);
            bytes = bytes[sizeof(uint)..];
        }
        if (bytes.Length >= sizeof(ushort))
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(bytes);
            bytes = bytes[sizeof(ushort)..];
        }
        if (bytes.Length == 1)
        {
            sum += (uint)bytes[0] << 8;
        }
        return sum;
    }

    /// <summary>Folds a sum to 16 bits and takes the complement.</summary>
    public static ushort Finish(ulong sum)
    {
        while (sum >> 16 != 0)
        {
            sum = (sum & 0xFFFF) + (sum >> 16);
        }
        return (ushort)~sum;
    }
}
