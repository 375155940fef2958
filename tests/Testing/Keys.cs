using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Dataplane.Flows;

namespace Testing;

/// <summary>Flow keys from text.</summary>
public static class Keys
{
    /// <summary>A key whose end A is the first address.</summary>
    public static FlowKey Of(string a, ushort portA, string b, ushort portB, byte protocol, ushort vlan = 0)
    {
        (ulong aHigh, ulong aLow, _) = Words(a);
        (ulong bHigh, ulong bLow, byte version) = Words(b);
        return new FlowKey
        {
            AddressAHigh = aHigh,
            AddressALow = aLow,
            AddressBHigh = bHigh,
            AddressBLow = bLow,
            PortA = portA,
            PortB = portB,
            Vlan = vlan,
            Protocol = protocol,
            IpVersion = version,
        };
    }

    private static (ulong High, ulong Low, byte Version) Words(string text)
    {
        IPAddress address = IPAddress.Parse(text);
        byte[] bytes = address.MapToIPv6().GetAddressBytes();
        return (BinaryPrimitives.ReadUInt64LittleEndian(bytes),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(8)),
            address.AddressFamily == AddressFamily.InterNetwork ? (byte)4 : (byte)6);
    }
}
