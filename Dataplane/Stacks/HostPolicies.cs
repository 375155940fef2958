using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Dataplane.Contract.Configuration;
using Dataplane.Flows;
using Dataplane.Native.Memory;
using Dataplane.Packets;

namespace Dataplane.Stacks;

/// <summary>How the host that a packet goes to puts overlapping segments and fragments together.</summary>
/// <remarks>Immutable; looked up when a stream is opened or a datagram's first fragment comes, not for each
/// packet.</remarks>
public sealed class HostPolicies
{
    private const int MappedBits = 96;
    private readonly Entry[] _entries;

    public HostPolicies(IReadOnlyList<HostPolicyDefinition> definitions) =>
        _entries = [.. definitions.Select(Entry.Of)];

    /// <summary>No host is known: segments keep the first copy of a byte, fragments follow BSD.</summary>
    public static HostPolicies None { get; } = new([]);

    /// <summary>The policy for TCP segments to the packet's destination.</summary>
    public OverlapPolicy SegmentsTo(ref readonly Packet packet)
    {
        int index = IndexOf(in packet);
        return index < 0 ? OverlapPolicy.First : _entries[index].Segments;
    }

    /// <summary>The policy for TCP segments to end B of a key.</summary>
    public OverlapPolicy SegmentsTo(ref readonly FlowKey key)
    {
        int index = IndexOf(new UInt128(
            BinaryPrimitives.ReverseEndianness(key.AddressBHigh),
            BinaryPrimitives.ReverseEndianness(key.AddressBLow)));
        return index < 0 ? OverlapPolicy.First : _entries[index].Segments;
    }

    /// <summary>The policy for IPv4 fragments to the packet's destination.</summary>
    public OverlapPolicy FragmentsTo(ref readonly Packet packet)
    {
        int index = IndexOf(in packet);
        return index < 0 ? OverlapPolicy.Bsd : _entries[index].Fragments;
    }

    private int IndexOf(ref readonly Packet packet)
    {
        if (_entries.Length == 0 || packet.IpVersion == 0)
        {
            return -1;
        }
        PacketBytes header = packet.Layer3;
        ulong high = packet.IpVersion == 4 ? 0 : header.ReadUInt64(24);
        ulong low = packet.IpVersion == 4 ? Entry.Mapped | header.ReadUInt32(16) : header.ReadUInt64(32);
        return IndexOf(new UInt128(high, low));
    }

    private int IndexOf(UInt128 address)
    {
        for (int i = 0; i < _entries.Length; i++)
        {
            if ((address & _entries[i].Mask) == _entries[i].Network)
            {
                return i;
            }
        }
        return -1;
    }

    private readonly record struct Entry(
        UInt128 Network, UInt128 Mask, OverlapPolicy Segments, OverlapPolicy Fragments)
    {
        /// <summary>The prefix of IPv4 addresses in IPv6 form.</summary>
        public const ulong Mapped = 0xFFFF_0000_0000;

        public static Entry Of(HostPolicyDefinition definition)
        {
            if (!HostPolicyDefinition.TryParseNetwork(definition.Network, out IPNetwork network))
            {
                throw new ArgumentException($"'{definition.Network}' is no network.", nameof(definition));
            }
            bool isIpv4 = network.BaseAddress.AddressFamily == AddressFamily.InterNetwork;
            int bits = network.PrefixLength + (isIpv4 ? MappedBits : 0);
            UInt128 mask = bits == 0 ? UInt128.Zero : UInt128.MaxValue << (128 - bits);
            UInt128 address = 0;
            foreach (byte part in network.BaseAddress.MapToIPv6().GetAddressBytes())
            {
                address = (address << 8) | part;
            }
            return new Entry(address & mask, mask, definition.Segments, definition.Fragments);
        }
    }
}
