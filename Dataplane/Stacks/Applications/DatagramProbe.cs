using System.Buffers.Binary;
using Dataplane.Events.Applications;

namespace Dataplane.Stacks.Applications;

/// <summary>Recognises a UDP flow's application protocol from a datagram and its ports.</summary>
public static class DatagramProbe
{
    private const int DnsHeaderBytes = 12;

    /// <summary>What the datagram is; Failed when nothing fits.</summary>
    /// <param name="bytes">The payload.</param>
    /// <param name="clientPort">Port of the flow's client.</param>
    /// <param name="serverPort">Port of the flow's server.</param>
    public static AppProtocol Recognise(ReadOnlySpan<byte> bytes, ushort clientPort, ushort serverPort)
    {
        if (serverPort == 53 || clientPort == 53)
        {
            return IsDns(bytes) ? AppProtocol.Dns : AppProtocol.Failed;
        }
        if (bytes.StartsWith("d1:ad2:id20:"u8) || bytes.StartsWith("d1:rd2:id20:"u8))
        {
            return AppProtocol.BittorrentDht;
        }
        AppProtocol port = OfPort(bytes, serverPort);
        return port == AppProtocol.Failed && clientPort != serverPort ? OfPort(bytes, clientPort) : port;
    }

    /// <summary>Could this be a DNS message? Header fields in bounds, and a name that can be read.</summary>
    public static bool IsDns(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < DnsHeaderBytes)
        {
            return false;
        }
        int questions = BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]);
        int answers = BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]);
        int authorities = BinaryPrimitives.ReadUInt16BigEndian(bytes[8..]);
        int additionals = BinaryPrimitives.ReadUInt16BigEndian(bytes[10..]);
        long leastBytes = (questions * 5L) + ((answers + authorities + additionals) * 11L);
        if (questions + answers + authorities + additionals == 0
            || leastBytes > bytes.Length - DnsHeaderBytes)
        {
            return false;
        }
        return questions == 0 || BeginsWithName(bytes[DnsHeaderBytes..]);
    }

    private static bool BeginsWithName(ReadOnlySpan<byte> bytes)
    {
        int at = 0;
        while (at < bytes.Length && bytes[at] != 0)
        {
            if (bytes[at] >= 0xC0)
            {
                return true;
            }
            if (bytes[at] > 63)
            {
                return false;
            }
            at += bytes[at] + 1;
        }
        return at < bytes.Length;
    }

    private static AppProtocol OfPort(ReadOnlySpan<byte> bytes, ushort port) => port switch
    {
        67 or 68 when bytes.Length > 240 && bytes[0] is 1 or 2
            && BinaryPrimitives.ReadUInt32BigEndian(bytes[236..]) == 0x63825363 => AppProtocol.Dhcp,
        69 when bytes.Length > 4 && bytes[0] == 0 && bytes[1] is 1 or 2 => AppProtocol.Tftp,
        88 when bytes.Length > 4 && bytes[0] is 0x6A or 0x6B or 0x6C or 0x6D or 0x6E or 0x7E
            => AppProtocol.Krb5,
        123 when bytes.Length >= 48 && (bytes[0] & 7) is > 0 and < 6 => AppProtocol.Ntp,
        161 or 162 when bytes.Length > 4 && bytes[0] == 0x30 => AppProtocol.Snmp,
        500 or 4500 when bytes.Length >= 28 && bytes[17] is 0x10 or 0x20 => AppProtocol.Ike,
        5060 when bytes.IndexOf("SIP/2.0"u8) >= 0 => AppProtocol.Sip,
        443 when bytes.Length > 6 && (bytes[0] & 0xC0) == 0xC0 => AppProtocol.Quic,
        _ => AppProtocol.Failed,
    };
}
