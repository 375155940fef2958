using Dataplane.Inspection.Compile;
using Dataplane.Inspection.Rules;

namespace Dataplane.Inspection.Verify;

/// <summary>The bytes of header buffers and addresses.</summary>
internal static class HeaderBytes
{
    private const int Ipv4AddressesAt = 12;
    private const int Ipv6AddressesAt = 8;

    /// <summary>Empty when the packet has no such header.</summary>
    public static ReadOnlySpan<byte> Of(in InspectedPacket packet, BufferSource source)
    {
        bool fits = source switch
        {
            BufferSource.Ipv4Header => packet.IpVersion == 4,
            BufferSource.Ipv6Header => packet.IpVersion == 6,
            BufferSource.TcpHeader => packet.Transport == TransportClass.Tcp,
            BufferSource.UdpHeader => packet.Transport == TransportClass.Udp,
            BufferSource.Icmp4Header => packet.Transport == TransportClass.Icmp4,
            BufferSource.Icmp6Header => packet.Transport == TransportClass.Icmp6,
            _ => packet.IpVersion != 0,
        };
        return !fits ? [] : source switch
        {
            BufferSource.Ipv4Header or BufferSource.Ipv6Header => packet.IpHeader,
            BufferSource.SourceAddress => Address(packet, 0),
            BufferSource.DestinationAddress => Address(packet, 1),
            _ => packet.Layer4Header,
        };
    }

    private static ReadOnlySpan<byte> Address(in InspectedPacket packet, int which)
    {
        int length = packet.IpVersion == 4 ? 4 : 16;
        int at = (packet.IpVersion == 4 ? Ipv4AddressesAt : Ipv6AddressesAt) + (which * length);
        return packet.Layer3.Length >= at + length ? packet.Layer3.Slice(at, length) : [];
    }
}
