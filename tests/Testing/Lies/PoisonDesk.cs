using Dataplane.Chains;
using Dataplane.Packets;

namespace Testing.Lies;

/// <summary>What the two witnesses around an NF share: which fields are poisoned, how the packet was before,
/// and what the NF changed.</summary>
public sealed class PoisonDesk
{
    private const int AddressesV4 = 12;
    private const int AddressesV6 = 8;
    private const int EthernetBytes = 14;
    private const byte Tcp = 6;
    private byte[] _before = [];
    private byte[] _given = [];
    private Packet _packet;
    private bool _isOpen;

    /// <summary>The fields that are poisoned, by what.</summary>
    public PacketFields Poisoned { get; set; }

    public byte Poison { get; set; }

    /// <summary>Fields whose bytes the NF changed, and whether it changed the frame's length.</summary>
    public PacketFields Changed { get; private set; }

    public bool IsResized { get; private set; }

    /// <summary>Before the NF: takes a copy and poisons.</summary>
    public void Open(ref Packet packet)
    {
        if (_isOpen)
        {
            return;
        }

        (_isOpen, _packet, _before) = (true, packet, packet.Frame.Span.ToArray());
        foreach (PacketFields field in Enum.GetValues<PacketFields>().Where(IsPoisoned))
        {
            foreach (Range range in RangesOf(field, in packet))
            {
                packet.Frame.Span[range].Fill(Poison);
            }
        }

        PoisonView(ref packet);
        _given = packet.Frame.Span.ToArray();
    }

    /// <summary>Behind the NF: notes what it changed and puts everything back.</summary>
    public void Close(ref Packet packet)
    {
        if (!_isOpen)
        {
            return;
        }

        _isOpen = false;
        IsResized |= packet.Frame.Length != _before.Length;
        Span<byte> now = packet.Frame.Span[..Math.Min(packet.Frame.Length, _before.Length)];
        foreach (PacketFields field in Enum.GetValues<PacketFields>().Where(IsSingle))
        {
            foreach (Range range in RangesOf(field, in _packet))
            {
                bool isSame = now[range].SequenceEqual(_given.AsSpan(range));
                Changed |= isSame ? PacketFields.None : field;
            }
        }

        for (int i = 0; i < now.Length; i++)
        {
            now[i] = now[i] == _given[i] ? _before[i] : now[i];
        }

        packet = _packet;
    }

    private static bool IsSingle(PacketFields field) =>
        field != PacketFields.None && System.Numerics.BitOperations.IsPow2((uint)field);

    private bool IsPoisoned(PacketFields field) => IsSingle(field) && (Poisoned & field) != 0;

    private void PoisonView(ref Packet packet)
    {
        if (IsPoisoned(PacketFields.Ports))
        {
            packet.SourcePort = packet.DestinationPort = Poison;
        }

        if (IsPoisoned(PacketFields.Tcp))
        {
            packet.Sequence = packet.Acknowledgment = Poison;
            (packet.Window, packet.TcpFlags) = (Poison, Poison);
        }

        if (IsPoisoned(PacketFields.Length))
        {
            (packet.Ttl, packet.WireLength) = (Poison, Poison);
        }
    }

    private static Range[] RangesOf(PacketFields field, ref readonly Packet packet)
    {
        int l3 = packet.L3Offset;
        int l4 = packet.L4Offset;
        bool isV4 = packet.IpVersion == 4;
        int from = l3 + (isV4 ? AddressesV4 : AddressesV6);
        Range[] ranges = field switch
        {
            PacketFields.Mac => [Range.EndAt(l3 == 0 ? EthernetBytes : l3)],
            PacketFields.Ip when l3 != 0 => [from..(from + (isV4 ? 8 : 32))],
            PacketFields.Length when l3 != 0 && isV4 => [(l3 + 1)..(l3 + 4), (l3 + 8)..(l3 + 9)],
            PacketFields.Length when l3 != 0 => [(l3 + 4)..(l3 + 6), (l3 + 7)..(l3 + 8)],
            PacketFields.Ports when l4 != 0 => [l4..(l4 + 4)],
            PacketFields.Tcp when l4 != 0 && packet.Protocol == Tcp => [(l4 + 4)..packet.PayloadOffset],
            PacketFields.Payload when packet.PayloadLength != 0 =>
                [packet.PayloadOffset..(packet.PayloadOffset + packet.PayloadLength)],
            _ => [],
        };
        int length = packet.Frame.Length;
        return [.. ranges.Where(range => range.End.Value <= length && range.Start.Value <= range.End.Value)];
    }
}
