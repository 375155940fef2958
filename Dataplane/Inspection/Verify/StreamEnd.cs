using System.Buffers.Binary;
using Dataplane.Flows;
using Dataplane.Inspection.Compile;
using Dataplane.Packets;

namespace Dataplane.Inspection.Verify;

/// <summary>Describes a piece of stream that is inspected without a packet, from its flow's key.</summary>
public static class StreamEnd
{
    public static InspectedPacket Describe(in FlowKey key, bool clientIsB, Side sender, long timeNs)
    {
        bool fromA = (sender == Side.Server) == clientIsB;
        UInt128 a = Address(key.AddressAHigh, key.AddressALow, key.IpVersion);
        UInt128 b = Address(key.AddressBHigh, key.AddressBLow, key.IpVersion);
        return new InspectedPacket
        {
            IpVersion = key.IpVersion,
            Protocol = key.Protocol,
            Transport = TransportClasses.Of(key.Protocol),
            Sender = sender,
            TimeNs = timeNs,
            Source = fromA ? a : b,
            Destination = fromA ? b : a,
            SourcePort = fromA ? key.PortA : key.PortB,
            DestinationPort = fromA ? key.PortB : key.PortA,
        };
    }

    private static UInt128 Address(ulong high, ulong low, byte version)
    {
        ulong hostHigh = BinaryPrimitives.ReverseEndianness(high);
        ulong hostLow = BinaryPrimitives.ReverseEndianness(low);
        return version == 4 ? (uint)hostLow : new UInt128(hostHigh, hostLow);
    }
}
