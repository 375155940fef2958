using System.Buffers.Binary;
using Dataplane.Inspection.Compile;

namespace Dataplane.Inspection.Verify;

/// <summary>Remembers flows that a pass or drop rule decided, so that ICMP errors about them share their
/// fate: such a packet belongs to the flow it quotes.</summary>
internal static class DecidedFlows
{
    private const uint Purpose = 1u << 29;
    private const int IcmpHeaderBytes = 8;
    private const int Ipv4FixedBytes = 20;
    private const int Ipv6FixedBytes = 40;

    /// <summary>Notes the flow of a packet.</summary>
    public static void Note(HostTable hosts, in InspectedPacket packet)
    {
        HostKey key = KeyOf(
            packet.Protocol, packet.Source, packet.SourcePort, packet.Destination, packet.DestinationPort);
        ref HostEntry entry = ref hosts.Lock(key, out uint bucket);
        entry.TimeNs = Math.Max(1, packet.TimeNs);
        hosts.Unlock(bucket);
    }

    /// <summary>True for an ICMP error about a flow that was noted.</summary>
    public static bool IsAbout(HostTable hosts, in InspectedPacket packet)
    {
        if (!TryReadQuoted(packet, out HostKey key))
        {
            return false;
        }
        ref HostEntry entry = ref hosts.Lock(key, out uint bucket);
        bool isNoted = entry.TimeNs != 0;
        hosts.Unlock(bucket);
        return isNoted;
    }

    private static bool TryReadQuoted(in InspectedPacket packet, out HostKey key)
    {
        key = default;
        ReadOnlySpan<byte> message = packet.Layer4;
        if (message.Length < IcmpHeaderBytes + Ipv4FixedBytes)
        {
            return false;
        }
        byte type = message[0];
        ReadOnlySpan<byte> quoted = message[IcmpHeaderBytes..];
        switch (packet.Transport)
        {
            case TransportClass.Icmp4 when type is 3 or 4 or 5 or 11 or 12 && quoted[0] >> 4 == 4:
                key = KeyOf(
                    quoted[9], BinaryPrimitives.ReadUInt32BigEndian(quoted[12..]),
                    PortAt(quoted, (quoted[0] & 15) * 4),
                    BinaryPrimitives.ReadUInt32BigEndian(quoted[16..]),
                    PortAt(quoted, ((quoted[0] & 15) * 4) + 2));
                return true;
            case TransportClass.Icmp6 when type is >= 1 and <= 4 && quoted.Length >= Ipv6FixedBytes:
                key = KeyOf(
                    quoted[6], BinaryPrimitives.ReadUInt128BigEndian(quoted[8..]),
                    PortAt(quoted, Ipv6FixedBytes),
                    BinaryPrimitives.ReadUInt128BigEndian(quoted[24..]),
                    PortAt(quoted, Ipv6FixedBytes + 2));
                return true;
            default:
                return false;
        }
    }

    private static ushort PortAt(ReadOnlySpan<byte> bytes, int at) =>
        bytes.Length >= at + 2 ? BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]) : (ushort)0;

    /// <summary>The same key for both directions.</summary>
    private static HostKey KeyOf(byte protocol, UInt128 source, ushort from, UInt128 destination, ushort to)
    {
        uint ports = ((uint)Math.Max(from, to) << 16) | Math.Min(from, to);
        uint hash = (uint)HashCode.Combine(protocol, ports) & (Purpose - 1);
        return HostKey.OfPair(Purpose | hash, source, destination);
    }
}
