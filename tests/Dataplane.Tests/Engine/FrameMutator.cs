using System.Buffers.Binary;
using Dataplane.Packets;

namespace Dataplane.Tests.Engine;

/// <summary>An endless stream of frames made from seeds: some as they are, most damaged. The same seed gives
/// the same stream; nothing is allocated while it runs.</summary>
/// <remarks>Several sequences run interleaved, each at its own rate of damage and with its own addresses, so
/// that connections also reach their deeper states.</remarks>
internal sealed class FrameMutator
{
    /// <summary>Longest frame; the longest are rare.</summary>
    public const int FrameBytesMax = 128 * 1024;

    private const int CursorCount = 16;
    private const int EthernetBytes = 14;
    private const int HeadBytes = 128;
    private static readonly LinkType[] LinkTypes = Enum.GetValues<LinkType>();
    private static readonly uint[] Edges =
        [0, 1, 2, 3, 4, 7, 8, 15, 16, 19, 20, 0x7F, 0x80, 0xFE, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFE, 0xFFFF,
            0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF];

    private readonly SeedFrame[][] _sequences;
    private readonly Cursor[] _cursors = new Cursor[CursorCount];
    private ulong _state;

    public FrameMutator(SeedFrame[][] sequences, ulong seed)
    {
        (_sequences, _state) = (sequences, seed);
        for (int i = 0; i < CursorCount; i++)
        {
            Restart(ref _cursors[i]);
        }
    }

    /// <summary>A number below a bound, from the same source as the frames.</summary>
    public int Below(int bound) => (int)(Next() % (ulong)bound);

    /// <summary>Writes the next frame; returns its length.</summary>
    public int Next(Span<byte> frame, out LinkType linkType)
    {
        ref Cursor cursor = ref _cursors[Below(CursorCount)];
        SeedFrame[] sequence = _sequences[cursor.Sequence];
        SeedFrame seed = sequence[cursor.Position];
        seed.Bytes.CopyTo(frame);
        int length = seed.Bytes.Length;
        linkType = seed.LinkType;
        Readdress(frame[..length], linkType, cursor.Mask);
        bool isDamaged = Below(16) < cursor.DamageIn16;
        for (int count = isDamaged ? 1 + Below(3) : 0; count > 0; count--)
        {
            length = Damage(frame, length, ref linkType);
        }
        if (Below(4) != 0)
        {
            FixChecksum(frame[..length], linkType);
        }
        Advance(ref cursor, sequence.Length);
        return length;
    }

    // SplitMix64 (Steele, Lea, Flood 2014).
    private ulong Next()
    {
        ulong z = _state += 0x9E37_79B9_7F4A_7C15;
        z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9;
        z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
        return z ^ (z >> 31);
    }

    private void Restart(ref Cursor cursor)
    {
        cursor.Sequence = Below(_sequences.Length);
        cursor.Position = 0;
        cursor.Mask = (byte)Below(256);
        cursor.DamageIn16 = Below(4) switch { 0 => 0, 1 => 1, 2 => 4, _ => 15 };
    }

    // Usually one on; at times twice the same (a retransmission), one left out, or back by some.
    private void Advance(ref Cursor cursor, int length)
    {
        cursor.Position += Below(32) switch { 0 => 0, 1 => 2, 2 => -Below(4), _ => 1 };
        cursor.Position = Math.Max(0, cursor.Position);
        if (cursor.Position >= length || Below(500) == 0)
        {
            Restart(ref cursor);
        }
    }

    private int Damage(Span<byte> frame, int length, ref LinkType linkType)
    {
        switch (Below(16))
        {
            case 0 or 1:
                FlipBits(frame[..length]);
                return length;
            case 2 or 3:
                Overwrite(frame[..length], Below(Math.Max(1, length)));
                return length;
            case 4 or 5:
                Overwrite(frame[..length], Below(Math.Clamp(length, 1, HeadBytes)));
                return length;
            case 6 or 7:
                DamageIp(frame[..length]);
                return length;
            case 8 or 9 or 10:
                DamageTcp(frame[..length]);
                return length;
            case 11:
                return Below(length + 1);
            case 12:
                return Splice(frame, length);
            case 13:
                return Move(frame, length);
            case 14:
                return Grow(frame, length);
            default:
                return Rare(frame, length, ref linkType);
        }
    }

    private void FlipBits(Span<byte> frame)
    {
        for (int count = 1 + Below(8); count > 0 && frame.Length > 0; count--)
        {
            frame[Below(frame.Length)] ^= (byte)(1 << Below(8));
        }
    }

    private void Overwrite(Span<byte> frame, int at)
    {
        uint value = Below(4) == 0 ? (uint)Next() : Edges[Below(Edges.Length)];
        value = Below(4) == 0 ? (uint)(frame.Length - at + Below(5) - 2) : value;
        Put(frame, at, 1 << Below(3), value);
    }

    // Version and length, total length, fragment field, protocol and the rest of the first header.
    private void DamageIp(Span<byte> frame)
    {
        uint edge = Edges[Below(Edges.Length)];
        switch (Below(6))
        {
            case 0:
                Put(frame, EthernetBytes, 1, (uint)Next());
                break;
            case 1:
                Put(frame, EthernetBytes + 2, 2, Below(2) == 0 ? edge : (uint)Below(frame.Length + 8));
                break;
            case 2:
                Put(frame, EthernetBytes + 6, 2, (uint)Below(16) | ((uint)Below(2) << 13));
                break;
            case 3:
                Put(frame, EthernetBytes + 6, 2, (uint)Next());
                break;
            case 4:
                Put(frame, EthernetBytes + 9, 1, Protocols[Below(Protocols.Length)]);
                break;
            default:
                Put(frame, EthernetBytes + Below(40), 1, edge);
                break;
        }
    }

    private static ReadOnlySpan<byte> Protocols =>
        [0, 1, 4, 6, 17, 41, 43, 44, 47, 50, 51, 58, 59, 60, 132, 255];

    private void DamageTcp(Span<byte> frame)
    {
        int tcp = EthernetBytes + (frame.Length > EthernetBytes && frame[EthernetBytes] >> 4 == 6 ? 40 : 20);
        switch (Below(7))
        {
            case 0:
                Shift(frame, tcp + 4);
                break;
            case 1:
                Shift(frame, tcp + 8);
                break;
            case 2:
                Put(frame, tcp + 12, 1, (uint)Next());
                break;
            case 3:
                Put(frame, tcp + 13, 1, (uint)Next());
                break;
            case 4:
                Put(frame, tcp + 14, 2, Edges[Below(Edges.Length)]);
                break;
            case 5:
                Put(frame, tcp + Below(4), 2, (uint)Next());
                break;
            default:
                Put(frame, tcp + 20 + Below(40), 1, Edges[Below(Edges.Length)]);
                break;
        }
    }

    private void Shift(Span<byte> frame, int at)
    {
        if (at + 4 > frame.Length)
        {
            return;
        }
        uint number = BinaryPrimitives.ReadUInt32BigEndian(frame[at..]);
        number += Below(4) switch
        {
            0 => (uint)(Below(64) - 32),
            1 => (uint)(Below(200_000) - 100_000),
            2 => 0x8000_0000 + (uint)(Below(5) - 2),
            _ => (uint)Next(),
        };
        BinaryPrimitives.WriteUInt32BigEndian(frame[at..], number);
    }

    private static void Put(Span<byte> frame, int at, int bytes, uint value)
    {
        for (int i = bytes - 1; i >= 0; i--, value >>= 8)
        {
            if (at + i < frame.Length)
            {
                frame[at + i] = (byte)value;
            }
        }
    }

    // The beginning of this frame, the end of another.
    private int Splice(Span<byte> frame, int length)
    {
        SeedFrame[] others = _sequences[Below(_sequences.Length)];
        ReadOnlySpan<byte> other = others[Below(others.Length)].Bytes;
        int head = Below(length + 1);
        ReadOnlySpan<byte> tail = other[Below(other.Length + 1)..];
        tail = tail[..Math.Min(tail.Length, frame.Length - head)];
        tail.CopyTo(frame[head..]);
        return head + tail.Length;
    }

    // A piece is taken out or stands twice.
    private int Move(Span<byte> frame, int length)
    {
        int from = Below(length + 1), to = Below(length + 1);
        int bytes = Math.Min(length - from, frame.Length - to);
        frame.Slice(from, bytes).CopyTo(frame[to..]);
        return to + bytes;
    }

    private int Grow(Span<byte> frame, int length)
    {
        int added = Math.Min(Below(Below(8) == 0 ? 9_000 : 64), frame.Length - length);
        FillRandom(frame.Slice(length, added));
        return length + added;
    }

    private int Rare(Span<byte> frame, int length, ref LinkType linkType)
    {
        switch (Below(8))
        {
            case 0:
                int giant = Math.Min(Below(FrameBytesMax / 2), frame.Length - length);
                frame.Slice(length, giant).Fill((byte)Next());
                return length + giant;
            case 1 or 2 or 3:
                linkType = LinkTypes[Below(LinkTypes.Length)];
                return length;
            default:
                int bytes = Below(200);
                FillRandom(frame[..bytes]);
                linkType = LinkTypes[Below(LinkTypes.Length)];
                return bytes;
        }
    }

    private void FillRandom(Span<byte> bytes)
    {
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, Next());
        }
        bytes.Fill((byte)Next());
    }

    // Both directions of a sequence get the same change, so that they stay one flow.
    private static void Readdress(Span<byte> frame, LinkType linkType, byte mask)
    {
        int ip = EthernetBytes;
        if (linkType != LinkType.Ethernet || frame.Length < ip + 40)
        {
            return;
        }
        ushort type = BinaryPrimitives.ReadUInt16BigEndian(frame[12..]);
        (int source, int destination) = type == EtherTypes.Ipv6 ? (ip + 15, ip + 31) : (ip + 14, ip + 18);
        if (type is EtherTypes.Ipv4 or EtherTypes.Ipv6)
        {
            frame[source] ^= mask;
            frame[destination] ^= mask;
        }
    }

    private static void FixChecksum(Span<byte> frame, LinkType linkType)
    {
        int ip = EthernetBytes;
        if (linkType != LinkType.Ethernet || frame.Length < ip + 20 || frame[ip] >> 4 != 4)
        {
            return;
        }
        int bytes = Math.Min(Math.Max(20, (frame[ip] & 15) * 4), frame.Length - ip);
        Span<byte> header = frame.Slice(ip, bytes);
        header[10] = header[11] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(header[10..], Checksum.Of(header));
    }

    private struct Cursor
    {
        public int Sequence;
        public int Position;
        public int DamageIn16;
        public byte Mask;
    }
}
