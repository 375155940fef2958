using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Dataplane.Native.Memory;
using Dataplane.Packets;

namespace Dataplane.Flows;

/// <summary>Keyed, symmetric hash of the 5-tuple: both directions of a flow meet,
/// strangers cannot aim.</summary>
/// <remarks>
/// The two (address, port) pairs go in alike, so their order does not matter,
/// and neither can cancel the other.
/// Budget: 4 ns, 0 bytes allocated (bench baseline).
/// </remarks>
public readonly struct FlowHash(ulong first, ulong second)
{
    private readonly Vector128<ulong> _key = Vector128.Create(first, second);

    private const ulong VlansMask = 0xFFFF_FFFF_0000_0000;

    /// <summary>Tunnel, protocol and IP version of a packet's identity word.</summary>
    private const ulong IdentityMask = 0x0000_FFFF_FFFF_FFFF;
    private const ulong MappedPrefix = 0xFFFF_0000UL;

    /// <summary>A hash with a key of its own, for live traffic.</summary>
    public static FlowHash Random() => new(
        (ulong)System.Random.Shared.NextInt64() | 1, (ulong)System.Random.Shared.NextInt64() | 1);

    /// <summary>The same key in every run, for reproducible results from captures.</summary>
    public static FlowHash Fixed => new(0x9E37_79B9_7F4A_7C15, 0xC2B2_AE3D_27D4_EB4F);

    /// <summary>Reads the 5-tuple of a parsed IP packet, sender first,
    /// and stores its hash in the packet.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Fill(ref Packet packet, ref FlowKey key)
    {
        bool hasPorts = packet.Protocol is IpProtocols.Tcp or IpProtocols.Udp;
        ulong ports = hasPorts ? packet.PortsWord : packet.PortsWord & VlansMask;
        ulong identity = packet.IdentityWord & IdentityMask;
        key.PortsAndVlans = ports;
        key.TunnelAndProtocol = identity;
        if (packet.IpVersion != 4)
        {
            FillIpv6(ref packet, ref key);
            return;
        }

        ulong both = packet.Frame.ReadRaw<ulong>(packet.L3Offset + 12);
        ulong a = MappedPrefix | (both << 32);
        ulong b = MappedPrefix | (both & 0xFFFF_FFFF_0000_0000);
        key.AddressAHigh = 0;
        key.AddressALow = a;
        key.AddressBHigh = 0;
        key.AddressBLow = b;
        packet.FlowHash = Of(0, a, 0, b, ports, identity);
    }

    /// <summary>As Fill, for a packet that was parsed as a common one: its addresses are at hand.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void FillCommon(ref Packet packet, ulong addresses, ref FlowKey key)
    {
        const ulong identity = ((ulong)IpProtocols.Tcp << 32) | (4UL << 40);
        ulong ports = packet.PortsWord;
        ulong a = MappedPrefix | (addresses << 32);
        ulong b = MappedPrefix | (addresses & 0xFFFF_FFFF_0000_0000);
        key.AddressAHigh = 0;
        key.AddressALow = a;
        key.AddressBHigh = 0;
        key.AddressBLow = b;
        key.PortsAndVlans = ports;
        key.TunnelAndProtocol = identity;
        packet.FlowHash = Of(0, a, 0, b, ports, identity);
    }

    /// <summary>The hash of a key; equal for the key turned round.</summary>
    public uint Of(in FlowKey key) => Of(
        key.AddressAHigh, key.AddressALow, key.AddressBHigh, key.AddressBLow,
        key.PortsAndVlans, key.TunnelAndProtocol);

    private void FillIpv6(ref Packet packet, ref FlowKey key)
    {
        PacketBytes frame = packet.Frame;
        int layer3 = packet.L3Offset;
        key.AddressAHigh = frame.ReadRaw<ulong>(layer3 + 8);
        key.AddressALow = frame.ReadRaw<ulong>(layer3 + 16);
        key.AddressBHigh = frame.ReadRaw<ulong>(layer3 + 24);
        key.AddressBLow = frame.ReadRaw<ulong>(layer3 + 32);
        packet.FlowHash = Of(in key);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint Of(ulong aHigh, ulong aLow, ulong bHigh, ulong bLow, ulong ports, ulong identity)
    {
        // VLAN ids are compared, not hashed: a flow may be tagged in one direction only.
        ulong rest = identity;
        ulong portA = (ushort)ports;
        ulong portB = (ushort)(ports >> 16);
        return Aes.IsSupported
            ? ByRounds(aHigh ^ (portA << 48), aLow ^ portA, bHigh ^ (portB << 48), bLow ^ portB, rest)
            : ByProducts(aHigh ^ (portA << 48), aLow ^ portA, bHigh ^ (portB << 48), bLow ^ portB, rest);
    }

    // Each end by itself through two AES rounds under the key:
    // an end cannot be aimed at without knowing it, and
    // the sum of two such values does not cancel out as their exclusive or would.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint ByRounds(ulong aHigh, ulong aLow, ulong bHigh, ulong bLow, ulong rest)
    {
        Vector128<byte> secret = _key.AsByte();
        Vector128<byte> middle = Sse2.Xor(secret, Vector128.CreateScalar(rest).AsByte());
        Vector128<byte> a = Vector128.Create(aHigh, aLow).AsByte();
        Vector128<byte> b = Vector128.Create(bHigh, bLow).AsByte();
        a = Aes.Encrypt(Aes.Encrypt(Sse2.Xor(a, secret), middle), secret);
        b = Aes.Encrypt(Aes.Encrypt(Sse2.Xor(b, secret), middle), secret);
        return Sse2.Add(a.AsUInt32(), b.AsUInt32()).ToScalar();
    }

    private uint ByProducts(ulong aHigh, ulong aLow, ulong bHigh, ulong bLow, ulong rest)
    {
        (ulong key0, ulong key1) = (_key.ToScalar(), _key.GetElement(1));
        ulong a = Mix(aHigh ^ key0, aLow ^ key1);
        ulong b = Mix(bHigh ^ key0, bLow ^ key1);
        ulong mixed = Mix(Math.Min(a, b) ^ key1, Math.Max(a, b) ^ key0 ^ rest);
        return (uint)(mixed ^ (mixed >> 32));
    }

    // The two halves of a 128-bit product, folded.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mix(ulong a, ulong b)
    {
        ulong high = Math.BigMul(a, b, out ulong low);
        return high ^ low;
    }
}
