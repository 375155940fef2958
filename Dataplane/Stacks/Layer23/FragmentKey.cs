using System.Runtime.InteropServices;
using Dataplane.Native.Memory;
using Dataplane.Packets;

namespace Dataplane.Stacks.Layer23;

/// <summary>Which datagram a fragment belongs to (RFC 791; RFC 8200, 4.5),
/// apart by VLAN and tunnel.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 8)]
public readonly record struct FragmentKey(
    ulong SourceHigh, ulong SourceLow, ulong DestinationHigh, ulong DestinationLow,
    uint Identification, uint TunnelId, ushort Vlan, ushort InnerVlan, byte Protocol, byte IpVersion)
{
    /// <summary>The key of a fragment that the parser has marked as such.</summary>
    public static FragmentKey Of(ref readonly Packet packet, uint identification)
    {
        PacketBytes header = packet.Layer3;
        return packet.IpVersion == 4
            ? new FragmentKey(
                0, header.ReadUInt32(12), 0, header.ReadUInt32(16),
                identification, packet.TunnelId, packet.Vlan, packet.InnerVlan, packet.Protocol, 4)
            : new FragmentKey(
                header.ReadUInt64(8), header.ReadUInt64(16), header.ReadUInt64(24), header.ReadUInt64(32),
                identification, packet.TunnelId, packet.Vlan, packet.InnerVlan, 0, 6);
    }

    /// <summary>A keyed hash: senders cannot choose what collides.</summary>
    public uint Hash(ulong seed)
    {
        ulong hash = Mix(seed ^ SourceHigh, SourceLow ^ 0xA076_1D64_78BD_642F);
        hash = Mix(hash ^ DestinationHigh, DestinationLow ^ 0xE703_7ED1_A0B4_28DB);
        hash = Mix(hash ^ Identification, seed ^ (((ulong)TunnelId << 32) | ((uint)Vlan << 16) | InnerVlan));
        return (uint)Mix(hash ^ Protocol, seed ^ IpVersion);
    }

    private static ulong Mix(ulong left, ulong right)
    {
        ulong high = Math.BigMul(left, right, out ulong low);
        return high ^ low;
    }
}
