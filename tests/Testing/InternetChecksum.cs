using System.Buffers.Binary;

namespace Testing;

/// <summary>RFC 1071, written the slow and plain way, so that it can check a fast one.</summary>
public static class InternetChecksum
{
    /// <summary>The checksum over all pieces as if they were one; each but the last has an even
    /// length.</summary>
    public static ushort Of(params byte[][] pieces)
    {
        ulong sum = 0;
        foreach (byte[] piece in pieces)
        {
            for (int at = 0; at < piece.Length; at += 2)
            {
                byte low = at + 1 < piece.Length ? piece[at + 1] : (byte)0;
                sum += (uint)((piece[at] << 8) | low);
            }
        }
        while (sum >> 16 != 0)
        {
            sum = (sum & 0xFFFF) + (sum >> 16);
        }
        return (ushort)~sum;
    }

    /// <summary>Checksum of a TCP, UDP or ICMPv6 segment with the pseudo header of its addresses.</summary>
    public static ushort WithPseudoHeader(byte[] source, byte[] destination, byte protocol, byte[] segment)
    {
        byte[] tail;
        if (source.Length == 4)
        {
            tail = [0, protocol, 0, 0];
            BinaryPrimitives.WriteUInt16BigEndian(tail.AsSpan(2), (ushort)segment.Length);
        }
        else
        {
            tail = [0, 0, 0, 0, 0, 0, 0, protocol];
            BinaryPrimitives.WriteUInt32BigEndian(tail, (uint)segment.Length);
        }
        return Of(source, destination, tail, segment);
    }
}
