using System.Buffers.Text;

namespace Dataplane.Stacks.Applications;

/// <summary>Writes distinguished names as logs and rules have them: <c>C=US, O=Example, CN=a</c>.</summary>
internal static class X509Names
{
    private const byte Universal = 0x1C;
    private const byte Basic = 0x1E;

    /// <summary>Appends a name's text.</summary>
    public static void Write(ReadOnlySpan<byte> name, GrowingBytes target)
    {
        bool isFirst = true;
        while (DerReader.TryTake(ref name, out _, out ReadOnlySpan<byte> set))
        {
            bool isJoined = false;
            while (DerReader.TryTake(ref set, out _, out ReadOnlySpan<byte> pair))
            {
                if (!DerReader.TryTake(ref pair, out _, out ReadOnlySpan<byte> type)
                    || !DerReader.TryTake(ref pair, out byte tag, out ReadOnlySpan<byte> value))
                {
                    continue;
                }
                target.Append(isFirst ? default : isJoined ? " + "u8 : ", "u8);
                WriteType(type, target);
                target.Append((byte)'=');
                WriteValue(tag, value, target);
                (isFirst, isJoined) = (false, true);
            }
        }
    }

    private static void WriteType(ReadOnlySpan<byte> type, GrowingBytes target)
    {
        ReadOnlySpan<byte> known = default;
        if (type.Length == 3 && type[0] == 0x55 && type[1] == 4)
        {
            known = type[2] switch
            {
                3 => "CN"u8,
                4 => "SN"u8,
                5 => "serialNumber"u8,
                6 => "C"u8,
                7 => "L"u8,
                8 => "ST"u8,
                9 => "street"u8,
                10 => "O"u8,
                11 => "OU"u8,
                12 => "title"u8,
                13 => "description"u8,
                15 => "businessCategory"u8,
                17 => "postalCode"u8,
                42 => "GN"u8,
                43 => "initials"u8,
                _ => default,
            };
        }
        else if (IsEmail(type))
        {
            known = "emailAddress"u8;
        }
        else if (IsDomainComponent(type))
        {
            known = "DC"u8;
        }
        if (known.IsEmpty)
        {
            WriteDotted(type, target);
        }
        target.Append(known);
    }

    private static bool IsEmail(ReadOnlySpan<byte> type) =>
        type.SequenceEqual((ReadOnlySpan<byte>)[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 9, 1]);

    private static bool IsDomainComponent(ReadOnlySpan<byte> type) =>
        type.SequenceEqual((ReadOnlySpan<byte>)[9, 0x92, 0x26, 0x89, 0x93, 0xF2, 0x2C, 0x64, 1, 25]);

    private static void WriteDotted(ReadOnlySpan<byte> type, GrowingBytes target)
    {
        ulong part = 0;
        bool isFirst = true;
        Span<byte> digits = stackalloc byte[24];
        foreach (byte value in type)
        {
            part = (part << 7) | (uint)(value & 0x7F);
            if ((value & 0x80) != 0)
            {
                continue;
            }
            if (isFirst)
            {
                ulong first = Math.Min(part / 40, 2);
                Utf8Formatter.TryFormat(first, digits, out int written);
                target.Append(digits[..written]);
                part -= first * 40;
            }
            target.Append((byte)'.');
            Utf8Formatter.TryFormat(part, digits, out int length);
            target.Append(digits[..length]);
            (part, isFirst) = (0, false);
        }
    }

    /// <summary>Wide strings lose their high bytes: what rules compare is ASCII.</summary>
    private static void WriteValue(byte tag, ReadOnlySpan<byte> value, GrowingBytes target)
    {
        int width = tag switch { Basic => 2, Universal => 4, _ => 1 };
        for (int at = width - 1; width > 1 && at < value.Length; at += width)
        {
            target.Append(value[at]);
        }
        if (width == 1)
        {
            target.Append(value);
        }
    }
}
