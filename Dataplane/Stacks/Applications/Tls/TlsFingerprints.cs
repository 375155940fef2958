using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using Dataplane.Events.Applications;

namespace Dataplane.Stacks.Applications;

/// <summary>JA3, JA3S and JA4 of hellos; made when first asked for.</summary>
internal static class TlsFingerprints
{
    private const int ListMax = 512;
    private const ushort ServerNameType = 0;
    private const ushort GroupsType = 10;
    private const ushort FormatsType = 11;
    private const ushort SignaturesType = 13;
    private const ushort AlpnType = 16;
    private const ushort VersionsType = 43;

    /// <summary>The fingerprint, or nothing when the side has no hello.</summary>
    public static ReadOnlySpan<byte> Of(TlsSide side, AppBuffer buffer)
    {
        if (side.Hello.IsEmpty)
        {
            return default;
        }
        GrowingBytes kept = side.Fingerprints[buffer - AppBuffer.Ja3Hash];
        if (kept.Length == 0)
        {
            switch (buffer)
            {
                case AppBuffer.Ja3String or AppBuffer.Ja3sString:
                    WriteJa3(side, kept);
                    break;
                case AppBuffer.Ja4Hash:
                    WriteJa4(side, kept);
                    break;
                default:
                    Span<byte> hash = stackalloc byte[16];
#pragma warning disable CA5351 // JA3 is defined by MD5; nothing is protected by it.
                    MD5.HashData(Of(side, buffer + 1), hash);
#pragma warning restore CA5351
                    AppendHex(hash, kept);
                    break;
            }
        }
        return kept.Span;
    }

    /// <summary>Values that clients sprinkle in to keep servers tolerant (RFC 8701).</summary>
    private static bool IsGrease(int value) => (value & 0x0F0F) == 0x0A0A && value >> 8 == (value & 0xFF);

    private static void WriteJa3(TlsSide side, GrowingBytes target)
    {
        AppendNumber(side.LegacyVersion, target);
        target.Append((byte)',');
        AppendList(side.Ciphers.Of(side.Hello), 2, target);
        target.Append((byte)',');
        bool isFirst = true;
        Span<ushort> types = stackalloc ushort[ListMax];
        foreach (ushort type in types[..ListExtensions(side, types)])
        {
            if (!isFirst)
            {
                target.Append((byte)'-');
            }
            AppendNumber(type, target);
            isFirst = false;
        }
        if (side.IsClient)
        {
            target.Append((byte)',');
            bool hasGroups = side.TryExtension(GroupsType, out ReadOnlySpan<byte> groups)
                && groups.Length > 2;
            AppendList(hasGroups ? groups[2..] : default, 2, target);
            target.Append((byte)',');
            bool hasFormats = side.TryExtension(FormatsType, out ReadOnlySpan<byte> formats)
                && formats.Length > 1;
            AppendList(hasFormats ? formats[1..] : default, 1, target);
        }
    }

    private static void WriteJa4(TlsSide side, GrowingBytes target)
    {
        Span<ushort> ciphers = stackalloc ushort[ListMax];
        ciphers = ciphers[..ListNumbers(side.Ciphers.Of(side.Hello), ciphers)];
        Span<ushort> types = stackalloc ushort[ListMax];
        types = types[..ListExtensions(side, types)];
        target.Append((byte)'t');
        target.Append(VersionText(side));
        target.Append(types.Contains(ServerNameType) ? (byte)'d' : (byte)'i');
        AppendTwoDigits(ciphers.Length, target);
        AppendTwoDigits(types.Length, target);
        ReadOnlySpan<byte> alpn = side.FirstAlpn;
        target.Append(alpn.IsEmpty ? (byte)'0' : alpn[0]);
        target.Append(alpn.IsEmpty ? (byte)'0' : alpn[^1]);
        target.Append((byte)'_');
        ciphers.Sort();
        AppendShortHash(ciphers, default, target);
        target.Append((byte)'_');
        int kept = 0;
        foreach (ushort type in types)
        {
            if (type is not ServerNameType and not AlpnType)
            {
                types[kept++] = type;
            }
        }
        types[..kept].Sort();
        Span<ushort> signatures = stackalloc ushort[ListMax];
        bool hasSignatures = side.TryExtension(SignaturesType, out ReadOnlySpan<byte> data)
            && data.Length > 2;
        int count = hasSignatures ? ListNumbers(data[2..], signatures) : 0;
        AppendShortHash(types[..kept], signatures[..count], target);
    }

    private static ReadOnlySpan<byte> VersionText(TlsSide side)
    {
        int version = side.LegacyVersion;
        if (side.TryExtension(VersionsType, out ReadOnlySpan<byte> versions))
        {
            for (int at = 1; at + 2 <= versions.Length; at += 2)
            {
                int offered = BinaryPrimitives.ReadUInt16BigEndian(versions[at..]);
                version = IsGrease(offered) ? version : Math.Max(version, offered);
            }
        }
        return version switch
        {
            0x0304 => "13"u8,
            0x0303 => "12"u8,
            0x0302 => "11"u8,
            0x0301 => "10"u8,
            0x0300 => "s3"u8,
            _ => "00"u8,
        };
    }

    private static int ListExtensions(TlsSide side, Span<ushort> types)
    {
        ReadOnlySpan<byte> all = side.Extensions.Of(side.Hello);
        int count = 0;
        for (int at = 0; at + 4 <= all.Length && count < types.Length;)
        {
            ushort type = BinaryPrimitives.ReadUInt16BigEndian(all[at..]);
            if (!IsGrease(type))
            {
                types[count++] = type;
            }
            at += 4 + BinaryPrimitives.ReadUInt16BigEndian(all[(at + 2)..]);
        }
        return count;
    }

    private static int ListNumbers(ReadOnlySpan<byte> list, Span<ushort> numbers)
    {
        int count = 0;
        for (int at = 0; at + 2 <= list.Length && count < numbers.Length; at += 2)
        {
            ushort number = BinaryPrimitives.ReadUInt16BigEndian(list[at..]);
            if (!IsGrease(number))
            {
                numbers[count++] = number;
            }
        }
        return count;
    }

    private static void AppendList(ReadOnlySpan<byte> list, int width, GrowingBytes target)
    {
        bool isFirst = true;
        for (int at = 0; at + width <= list.Length; at += width)
        {
            int number = width == 1 ? list[at] : BinaryPrimitives.ReadUInt16BigEndian(list[at..]);
            if (width == 2 && IsGrease(number))
            {
                continue;
            }
            if (!isFirst)
            {
                target.Append((byte)'-');
            }
            AppendNumber(number, target);
            isFirst = false;
        }
    }

    private static void AppendShortHash(
        ReadOnlySpan<ushort> numbers, ReadOnlySpan<ushort> more, GrowingBytes target)
    {
        if (numbers.IsEmpty)
        {
            target.Append("000000000000"u8);
            return;
        }
        Span<byte> text = stackalloc byte[ListMax * 10];
        int length = WriteHexList(numbers, text);
        if (!more.IsEmpty)
        {
            text[length++] = (byte)'_';
            length += WriteHexList(more, text[length..]);
        }
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(text[..length], hash);
        AppendHex(hash[..6], target);
    }

    private static int WriteHexList(ReadOnlySpan<ushort> numbers, Span<byte> text)
    {
        int length = 0;
        foreach (ushort number in numbers)
        {
            if (length > 0)
            {
                text[length++] = (byte)',';
            }
            Utf8Formatter.TryFormat(number, text[length..], out int written, new('x', 4));
            length += written;
        }
        return length;
    }

    private static void AppendNumber(int number, GrowingBytes target)
    {
        Span<byte> digits = stackalloc byte[12];
        Utf8Formatter.TryFormat(number, digits, out int written);
        target.Append(digits[..written]);
    }

    private static void AppendTwoDigits(int number, GrowingBytes target)
    {
        number = Math.Min(number, 99);
        target.Append((byte)('0' + (number / 10)));
        target.Append((byte)('0' + (number % 10)));
    }

    private static void AppendHex(ReadOnlySpan<byte> bytes, GrowingBytes target)
    {
        foreach (byte value in bytes)
        {
            target.Append("0123456789abcdef"u8[value >> 4]);
            target.Append("0123456789abcdef"u8[value & 15]);
        }
    }
}
