using System.Net;
using System.Runtime.InteropServices;

namespace Dataplane.Flows;

/// <summary>The 5-tuple with VLAN ids and tunnel, 48 bytes, as seen from the flow's first packet.</summary>
/// <remarks>
/// Addresses are 16 bytes in network order, kept as two words each; IPv4 is mapped (::ffff:a.b.c.d).
/// <c>A</c> is the sender of the flow's first packet, which is not always the client.
/// </remarks>
[StructLayout(LayoutKind.Sequential, Pack = 8)]
public struct FlowKey : IEquatable<FlowKey>
{
    public ulong AddressAHigh;
    public ulong AddressALow;
    public ulong AddressBHigh;
    public ulong AddressBLow;
    public ushort PortA;
    public ushort PortB;
    public ushort Vlan;
    public ushort InnerVlan;
    public uint TunnelId;
    public byte Protocol;
    public byte IpVersion;
    public ushort Reserved;

    /// <summary>True for the same 5-tuple in the same direction.</summary>
    public readonly bool Equals(FlowKey other) =>
        AddressAHigh == other.AddressAHigh && AddressALow == other.AddressALow
        && AddressBHigh == other.AddressBHigh && AddressBLow == other.AddressBLow
        && PortA == other.PortA && PortB == other.PortB && SameFrame(in other);

    /// <summary>True when <paramref name="other"/> is the same 5-tuple seen from the other end.</summary>
    public readonly bool EqualsReversed(in FlowKey other) =>
        AddressAHigh == other.AddressBHigh && AddressALow == other.AddressBLow
        && AddressBHigh == other.AddressAHigh && AddressBLow == other.AddressALow
        && PortA == other.PortB && PortB == other.PortA && SameFrame(in other);

    public static bool operator ==(FlowKey left, FlowKey right) => left.Equals(right);

    public static bool operator !=(FlowKey left, FlowKey right) => !left.Equals(right);

    public readonly override bool Equals(object? obj) => obj is FlowKey other && Equals(other);

    public readonly override int GetHashCode() =>
        HashCode.Combine(AddressAHigh, AddressALow, AddressBHigh, AddressBLow, PortA, PortB, Protocol);

    /// <summary>Address A for people and files; not for the hot path.</summary>
    public readonly IPAddress AddressA => ToAddress(AddressAHigh, AddressALow);

    /// <summary>Address B for people and files; not for the hot path.</summary>
    public readonly IPAddress AddressB => ToAddress(AddressBHigh, AddressBLow);

    private readonly bool SameFrame(in FlowKey other) =>
        Protocol == other.Protocol && IpVersion == other.IpVersion
        && Vlan == other.Vlan && InnerVlan == other.InnerVlan && TunnelId == other.TunnelId;

    private readonly IPAddress ToAddress(ulong high, ulong low)
    {
        Span<byte> bytes = stackalloc byte[16];
        BitConverter.TryWriteBytes(bytes, high);
        BitConverter.TryWriteBytes(bytes[8..], low);
        return IpVersion == 4 ? new IPAddress(bytes[12..]) : new IPAddress(bytes);
    }
}
