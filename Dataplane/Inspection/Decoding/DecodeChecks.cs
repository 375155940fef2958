using System.Buffers.Binary;
using Dataplane.Inspection.Rules;
using Dataplane.Inspection.Verify;
using Dataplane.Packets;

namespace Dataplane.Inspection.Decoding;

/// <summary>Finds what is wrong with the headers of a packet, in the words of `decode-event`; only asked
/// where a rule wants to know.</summary>
/// <remarks>Reads the bytes themselves, whatever the stack made of them. Encapsulated packets are judged
/// when they are decoded on their own.</remarks>
public static class DecodeChecks
{
    /// <summary>Adds the findings about a packet that begins with its IP header.</summary>
    public static void Check(ReadOnlySpan<byte> layer3, ref DecodeFindingSet found)
    {
        if (layer3.IsEmpty)
        {
            return;
        }
        switch (layer3[0] >> 4)
        {
            case 4:
                Ipv4Checks.Check(layer3, ref found);
                break;
            case 6:
                Ipv6Checks.Check(layer3, ref found);
                break;
        }
    }

    /// <summary>True for a packet whose IP header can be read, but would be refused by a stricter reader: cut
    /// off, or with options that cannot be.</summary>
    public static bool IsDoubtful(ReadOnlySpan<byte> layer3)
    {
        var found = default(DecodeFindingSet);
        Check(layer3, ref found);
        return found.HasDoubt;
    }

    /// <summary>Adds the findings about what an IP packet carries.</summary>
    internal static void CheckLayer4(
        byte protocol, byte ipVersion, ReadOnlySpan<byte> bytes, ref DecodeFindingSet found)
    {
        switch (protocol)
        {
            case IpProtocols.Tcp:
                TcpChecks.Check(bytes, ref found);
                break;
            case IpProtocols.Udp:
                CheckUdp(bytes, ref found);
                break;
            case IpProtocols.Icmp when ipVersion == 4:
                IcmpChecks.CheckV4(bytes, ref found);
                break;
            case IpProtocols.Icmpv6 when ipVersion == 6:
                IcmpChecks.CheckV6(bytes, ref found);
                break;
            case IpProtocols.Icmpv6:
                found.Add(DecodeFinding.Ipv4Icmpv6);
                break;
            case IpProtocols.Icmp:
                found.Add(DecodeFinding.Ipv6Icmpv4);
                break;
            case Sctp when bytes.Length < SctpHeaderBytes:
                found.Add(DecodeFinding.SctpPktTooSmall);
                break;
            case Gre when bytes.Length < GreHeaderBytes:
                found.Add(DecodeFinding.GrePktTooSmall);
                break;
        }
    }

    private const byte Sctp = 132;
    private const byte Gre = 47;
    private const int SctpHeaderBytes = 12;
    private const int GreHeaderBytes = 4;
    private const int UdpHeaderBytes = 8;

    private static void CheckUdp(ReadOnlySpan<byte> bytes, ref DecodeFindingSet found)
    {
        if (bytes.Length < UdpHeaderBytes)
        {
            found.Add(DecodeFinding.UdpHlenTooSmall);
            return;
        }
        int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]);
        if (bytes.Length < length)
        {
            found.Add(DecodeFinding.UdpPktTooSmall);
        }
        else if (length != bytes.Length)
        {
            found.Add(DecodeFinding.UdpLenInvalid);
        }
    }
}
