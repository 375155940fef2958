using System.Net;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Dataplane.Flows;

/// <summary>The 5-tuple with VLAN ids and tunnel, 48 bytes,
/// as seen from the flow's first packet.</summary>
/// <remarks>
/// Addresses are 16 bytes in network order, kept as two words each; IPv4 is mapped (::ffff:a.b.c.d).
/// <c>A</c> is the sender of the flow's first packet, which is not always the client.
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = 48)]
public struct FlowKey : IEquatable<FlowKey>
{
    /// <summary>Both ports and VLAN ids as one word, for comparing and hashing.</summary>
    [FieldOffset(32)]
    internal ulong PortsAndVlans;

    /// <summary>Tunnel, protocol and IP version as one word.</summary>
    [FieldOffset(40)]
    internal ulong TunnelAndProtocol;

    [FieldOffset(0)]
    public ulong AddressAHigh;
    [FieldOffset(8)]
    public ulong AddressALow;
    [FieldOffset(16)]
    public ulong AddressBHigh;
    [FieldOffset(24)]
    public ulong AddressBLow;
    [FieldOffset(32)]
    public ushort PortA;
    [FieldOffset(34)]
    public ushort PortB;
    [FieldOffset(36)]
    public ushort Vlan;
    [FieldOffset(38)]
    public ushort InnerVlan;
    [FieldOffset(40)]
    public uint TunnelId;
    [FieldOffset(44)]
    public byte Protocol;
    [FieldOffset(45)]
    public byte IpVersion;
    /// <summary>Not 0 for the packets between two ends that belong to no flow: fragments, and packets whose
    /// headers cannot be read.</summary>
    [FieldOffset(46)]
    public ushort Stray;

    /// <summary>True for the same 5-tuple in the same direction.</summary>
    public readonly bool Equals(FlowKey other) => IsSame(in other);

    /// <summary>As Equals, without a copy.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool IsSame(in FlowKey other) =>
        ((AddressAHigh ^ other.AddressAHigh) | (AddressALow ^ other.AddressALow)
            | (AddressBHigh ^ other.AddressBHigh) | (AddressBLow ^ other.AddressBLow)
            | (PortsAndVlans ^ other.PortsAndVlans) | (TunnelAndProtocol ^ other.TunnelAndProtocol)) == 0;

    /// <summary>True when <paramref name="other"/> is the same 5-tuple seen from the other end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool IsReverseOf(in FlowKey other) =>
        ((AddressAHigh ^ other.AddressBHigh) | (AddressALow ^ other.AddressBLow)
            | (AddressBHigh ^ other.AddressAHigh) | (AddressBLow ^ other.AddressALow)) == 0
        && PortsAndVlans == WithPortsSwapped(other.PortsAndVlans)
        && TunnelAndProtocol == other.TunnelAndProtocol;

    /// <summary>True when <paramref name="other"/> is the same 5-tuple seen from the other end, and just one
    /// of both carries VLAN ids.</summary>
    public readonly bool IsReverseAcrossVlans(in FlowKey other)
    {
        FlowKey retagged = other;
        (retagged.Vlan, retagged.InnerVlan) = (Vlan, InnerVlan);
        return HasVlans != other.HasVlans && IsReverseOf(in retagged);
    }

    /// <summary>True when it carries VLAN ids.</summary>
    public readonly bool HasVlans => PortsAndVlans >> 32 != 0;

    public static bool operator ==(FlowKey left, FlowKey right) => left.Equals(right);

    public static bool operator !=(FlowKey left, FlowKey right) => !left.Equals(right);

    public readonly override bool Equals(object? obj) => obj is FlowKey other && Equals(other);

    public readonly override int GetHashCode() =>
        HashCode.Combine(AddressAHigh, AddressALow, AddressBHigh, AddressBLow, PortA, PortB, Protocol);

    /// <summary>Address A for people and files; not for the hot path.</summary>
    public readonly IPAddress AddressA => ToAddress(AddressAHigh, AddressALow);

    /// <summary>Address B for people and files; not for the hot path.</summary>
    public readonly IPAddress AddressB => ToAddress(AddressBHigh, AddressBLow);

    // The two ports are the word's lowest 32 bits.
    private static ulong WithPortsSwapped(ulong word) =>
        (word & 0xFFFF_FFFF_0000_0000) | BitOperations.RotateLeft((uint)word, 16);

    private readonly IPAddress ToAddress(ulong high, ulong low)
    {
        Span<byte> bytes = stackalloc byte[16];
        BitConverter.TryWriteBytes(bytes, high);
        BitConverter.TryWriteBytes(bytes[8..], low);
        return IpVersion == 4 ? new IPAddress(bytes[12..]) : new IPAddress(bytes);
    }
}
