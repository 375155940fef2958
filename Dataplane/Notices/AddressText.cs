using System.Buffers;
using System.Buffers.Text;
using Dataplane.Native.Memory;

namespace Dataplane.Notices;

/// <summary>IP addresses as text (RFC 5952 for IPv6), from the two words of a flow key.</summary>
public static class AddressText
{
    public const int BytesMax = 40;

    private const int Groups = 8;

    /// <summary>Writes the address and answers how many bytes it took; nothing for version 0.</summary>
    public static int Format(ulong high, ulong low, byte ipVersion, Span<byte> utf8)
    {
        Span<byte> address = stackalloc byte[16];
        Reinterpret.BytesOf(in high).CopyTo(address);
        Reinterpret.BytesOf(in low).CopyTo(address[8..]);
        return ipVersion switch
        {
            4 => FormatIpv4(address[12..], utf8),
            6 => FormatIpv6(address, utf8),
            _ => 0,
        };
    }

    private static int FormatIpv4(ReadOnlySpan<byte> address, Span<byte> utf8)
    {
        int at = 0;
        for (int i = 0; i < 4; i++)
        {
            if (i != 0)
            {
                utf8[at++] = (byte)'.';
            }
            Utf8Formatter.TryFormat(address[i], utf8[at..], out int digits);
            at += digits;
        }
        return at;
    }

    private static int FormatIpv6(ReadOnlySpan<byte> address, Span<byte> utf8)
    {
        (int zeroFrom, int zeroCount) = LongestZeros(address);
        int at = 0;
        for (int group = 0; group < Groups;)
        {
            if (group == zeroFrom)
            {
                "::"u8.CopyTo(utf8[at..]);
                at += 2;
                group += zeroCount;
                continue;
            }
            if (at != 0 && utf8[at - 1] != (byte)':')
            {
                utf8[at++] = (byte)':';
            }
            Utf8Formatter.TryFormat(Group(address, group), utf8[at..], out int digits,
                new StandardFormat('x'));
            at += digits;
            group++;
        }
        return at;
    }

    /// <summary>The longest run of at least two zero groups, the first of equals.</summary>
    private static (int From, int Count) LongestZeros(ReadOnlySpan<byte> address)
    {
        (int From, int Count) longest = (-1, 1);
        int from = 0;
        for (int group = 0; group < Groups; group++)
        {
            if (Group(address, group) != 0)
            {
                from = group + 1;
            }
            else if (group + 1 - from > longest.Count)
            {
                longest = (from, group + 1 - from);
            }
        }
        return longest;
    }

    private static ushort Group(ReadOnlySpan<byte> address, int group) =>
        (ushort)((address[2 * group] << 8) | address[(2 * group) + 1]);
}
