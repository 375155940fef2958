using System.Buffers.Binary;
using Dataplane.Events.Applications;
using Dataplane.Inspection.Compile;
using Dataplane.Inspection.Rules;

namespace Dataplane.Inspection.Verify;

/// <summary>Evaluates the tests on header fields and flow figures.</summary>
internal static class PacketTests
{
    private const int Ipv4FixedBytes = 20;
    private const int TcpFixedBytes = 20;

    public static bool Hold(in InspectedPacket packet, ReadOnlySpan<PacketTest> tests)
    {
        foreach (PacketTest test in tests)
        {
            if (!Holds(packet, test))
            {
                return false;
            }
        }
        return true;
    }

    private static bool Holds(in InspectedPacket packet, PacketTest test) => test switch
    {
        FieldTest { Field: PacketField.PayloadSize } size => PayloadSize(packet, size.Test),
        FieldTest field => TryRead(packet, field.Field, out ulong value) && field.Test.Holds(value),
        TcpFlagsTest flags => packet is { HasPacket: true, Transport: TransportClass.Tcp }
            && Agree((byte)(packet.TcpFlags & ~flags.Ignored), flags.Flags, flags.Match),
        FragmentBitsTest bits => packet.IpVersion == 4 && packet.Layer3.Length >= Ipv4FixedBytes
            && Agree((byte)(packet.Layer3[6] >> 5), bits.Bits, bits.Match),
        IpOptionTest option => IpOptions.Has(packet, option.Option),
        SameAddressTest => packet.IpVersion != 0 && packet.Source == packet.Destination,
        IpProtocolTest protocol => packet.IpVersion != 0 && protocol.Test.Holds(packet.Protocol),
        StreamSizeTest size => StreamSize(packet, size),
        RpcTest rpc => RpcCall.Matches(packet, rpc),
        ReputationTest reputation => HasReputation(packet, reputation),
        ChecksumTest checksum => Checksums.Holds(packet, checksum),
        DecodeEventTest decode => packet.Findings.Has(decode.Finding),
        StreamEventTest stream => (packet.StreamFindings & (1u << (int)stream.Finding)) != 0,
        ApplicationProtocolTest protocol => Speaks(packet, protocol),
        _ => false,
    };

    /// <summary>Before anything is known of the protocol neither it nor its negation holds.</summary>
    private static bool Speaks(in InspectedPacket packet, ApplicationProtocolTest test)
    {
        if (packet.SenderApplication == AppProtocol.Unknown)
        {
            return test.Application == "unknown" && !test.Negated;
        }
        bool speaks = Applications.Has(test.Mask, packet.SenderApplication);
        return speaks != test.Negated;
    }

    private static bool HasReputation(in InspectedPacket packet, ReputationTest test)
    {
        bool source = test.Table.TryFind(test.Category, packet.IpVersion, packet.Source, out byte score)
            && test.Test.Holds(score);
        bool destination = test.Table.TryFind(
            test.Category, packet.IpVersion, packet.Destination, out score) && test.Test.Holds(score);
        return test.Side switch
        {
            ReputationSide.Source => source,
            ReputationSide.Destination => destination,
            ReputationSide.Both => source && destination,
            _ => source || destination,
        };
    }

    private static bool Agree(byte actual, byte wanted, FlagMatch match) => match switch
    {
        FlagMatch.Exact => actual == wanted,
        FlagMatch.All => (actual & wanted) == wanted,
        FlagMatch.Any => (actual & wanted) != 0,
        _ => (actual & wanted) != wanted,
    };

    private static bool StreamSize(in InspectedPacket packet, StreamSizeTest size)
    {
        if (packet.Transport != TransportClass.Tcp)
        {
            return false;
        }
        bool client = size.Test.Holds(packet.ClientStreamBytes);
        bool server = size.Test.Holds(packet.ServerStreamBytes);
        return size.Side switch
        {
            StreamSide.Client => client,
            StreamSide.Server => server,
            StreamSide.Both => client && server,
            _ => client || server,
        };
    }

    private static bool TryRead(in InspectedPacket packet, PacketField field, out ulong value)
    {
        value = 0;
        if (field >= PacketField.FlowAgeSeconds)
        {
            value = OfFlow(packet, field);
            return true;
        }
        if (!packet.HasPacket || packet.IpVersion == 0)
        {
            return false;
        }
        return field switch
        {
            PacketField.TimeToLive => Give(packet.TimeToLive, out value),
            PacketField.TypeOfService or PacketField.IpIdentification or PacketField.FragmentOffset =>
                TryReadIpv4(packet, field, out value),
            <= PacketField.TcpMaximumSegment => TryReadTcp(packet, field, out value),
            _ => TryReadIcmp(packet, field, out value),
        };
    }

    /// <summary>All but a size of zero and upper limits ask for a payload (or a piece of stream) to be
    /// there.</summary>
    private static bool PayloadSize(in InspectedPacket packet, NumberTest test)
    {
        bool mayBeEmpty = test.Comparison is NumberComparison.Less or NumberComparison.LessOrEqual
            || test is { Comparison: NumberComparison.Equal, First: 0 };
        bool isEmpty = packet.Payload.IsEmpty && packet.Stream.IsEmpty;
        return packet is { HasPacket: true, IpVersion: not 0 } && test.Holds((ulong)packet.Payload.Length)
            && (mayBeEmpty || !isEmpty);
    }

    private static bool Give(ulong number, out ulong value)
    {
        value = number;
        return true;
    }

    private static ulong OfFlow(in InspectedPacket packet, PacketField field) => field switch
    {
        PacketField.FlowAgeSeconds => packet.FlowAgeSeconds,
        PacketField.FlowPacketsToClient => packet.ServerPackets,
        PacketField.FlowPacketsToServer => packet.ClientPackets,
        PacketField.FlowBytesToClient => packet.ServerBytes,
        _ => packet.ClientBytes,
    };

    private static bool TryReadIpv4(in InspectedPacket packet, PacketField field, out ulong value)
    {
        value = 0;
        if (packet.IpVersion != 4 || packet.Layer3.Length < Ipv4FixedBytes)
        {
            return false;
        }
        value = field switch
        {
            PacketField.TypeOfService => packet.Layer3[1],
            PacketField.IpIdentification => BinaryPrimitives.ReadUInt16BigEndian(packet.Layer3[4..]),
            _ => BinaryPrimitives.ReadUInt16BigEndian(packet.Layer3[6..]) & 0x1FFFu,
        };
        return true;
    }

    private static bool TryReadTcp(in InspectedPacket packet, PacketField field, out ulong value)
    {
        value = 0;
        if (packet.Transport != TransportClass.Tcp || packet.Layer4.Length < TcpFixedBytes)
        {
            return false;
        }
        value = field switch
        {
            PacketField.TcpSequence => packet.Sequence,
            PacketField.TcpAcknowledgement => packet.Acknowledgment,
            _ => packet.Window,
        };
        return field != PacketField.TcpMaximumSegment
            || TryReadMaximumSegment(packet.Layer4Header, out value);
    }

    private static bool TryReadMaximumSegment(ReadOnlySpan<byte> header, out ulong value)
    {
        value = 0;
        int at = TcpFixedBytes;
        while (at + 1 < header.Length && header[at] != 0)
        {
            if (header[at] == 1)
            {
                at++;
                continue;
            }
            int length = header[at + 1];
            if (header[at] == 2 && length == 4 && at + 4 <= header.Length)
            {
                value = BinaryPrimitives.ReadUInt16BigEndian(header[(at + 2)..]);
                return true;
            }
            at += Math.Max(length, 2);
        }
        return false;
    }

    private static bool TryReadIcmp(in InspectedPacket packet, PacketField field, out ulong value)
    {
        value = 0;
        bool v4 = packet.Transport == TransportClass.Icmp4;
        bool v6 = packet.Transport == TransportClass.Icmp6;
        if ((!v4 && !v6) || packet.Layer4.Length < 4)
        {
            return false;
        }
        byte type = packet.Layer4[0];
        switch (field)
        {
            case PacketField.IcmpType:
                value = type;
                return true;
            case PacketField.IcmpCode:
                value = packet.Layer4[1];
                return true;
            case PacketField.Icmp6Mtu:
                value = packet.Layer4.Length >= 8 ? BinaryPrimitives.ReadUInt32BigEndian(packet.Layer4[4..])
                    : 0;
                return v6 && type == 2 && packet.Layer4.Length >= 8;
            default:
                bool hasNumbers = packet.Layer4.Length >= 8
                    && (v4 ? type is 0 or 8 or 13 or 14 or 15 or 16 or 17 or 18 : type is 128 or 129);
                int at = field == PacketField.IcmpIdentifier ? 4 : 6;
                value = hasNumbers ? BinaryPrimitives.ReadUInt16BigEndian(packet.Layer4[at..]) : 0u;
                return hasNumbers;
        }
    }
}
