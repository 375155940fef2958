using System.Buffers.Binary;
using Dataplane.Inspection.Compile;
using Dataplane.Inspection.Rules;
using Dataplane.Packets;

namespace Dataplane.Inspection.Verify;

/// <summary>Evaluates `tcpv4-csum` and its like. A packet that is not whole, or a UDP datagram without a
/// checksum, matches neither valid nor invalid.</summary>
internal static class Checksums
{
    private const int Ipv4FixedBytes = 20;
    private const int UdpChecksumAt = 6;

    public static bool Holds(in InspectedPacket packet, ChecksumTest test)
    {
        if (packet.IpVersion != test.IpVersion || packet.Layer3.Length < Ipv4FixedBytes)
        {
            return false;
        }
        if (test.Header == BufferSource.Ipv4Header)
        {
            return IsRight(0, packet.IpHeader) == test.Valid;
        }
        ReadOnlySpan<byte> whole = packet.Layer4;
        bool fits = test.Header switch
        {
            BufferSource.TcpHeader => packet.Transport == TransportClass.Tcp,
            BufferSource.UdpHeader => packet.Transport == TransportClass.Udp && whole.Length >= 8
                && (whole[UdpChecksumAt] | whole[UdpChecksumAt + 1]) != 0,
            BufferSource.Icmp4Header => packet.Transport == TransportClass.Icmp4,
            _ => packet.Transport == TransportClass.Icmp6,
        };
        if (!fits || whole.IsEmpty || packet.IsFragment)
        {
            return false;
        }
        ulong sum = test.Header == BufferSource.Icmp4Header ? 0 : PseudoHeader(packet, whole.Length);
        return IsRight(sum, whole) == test.Valid;
    }

    private static bool IsRight(ulong sum, ReadOnlySpan<byte> bytes) =>
        Checksum.Finish(Checksum.Add(sum, bytes)) == 0;

    private static ulong PseudoHeader(in InspectedPacket packet, int length)
    {
        Span<byte> tail = stackalloc byte[8];
        BinaryPrimitives.WriteUInt32BigEndian(tail, (uint)length);
        BinaryPrimitives.WriteUInt32BigEndian(tail[4..], packet.Protocol);
        ulong sum = Checksum.Add(0, HeaderBytes.Of(packet, BufferSource.SourceAddress));
        sum = Checksum.Add(sum, HeaderBytes.Of(packet, BufferSource.DestinationAddress));
        return Checksum.Add(sum, tail);
    }
}
