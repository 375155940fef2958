namespace Dataplane.Stacks.Applications;

/// <summary>The fields of a certificate that rules and logs use; parts of its DER.</summary>
internal ref struct X509Fields
{
    public ReadOnlySpan<byte> Serial;
    public ReadOnlySpan<byte> Issuer;
    public ReadOnlySpan<byte> Subject;

    /// <summary>GeneralNames, one behind the other.</summary>
    public ReadOnlySpan<byte> AlternativeNames;

    /// <summary>Seconds since 1970.</summary>
    public long NotBefore;
    public long NotAfter;
}

/// <summary>Reads certificates (RFC 5280, 4.1).</summary>
internal static class X509Reader
{
    private const byte Sequence = 0x30;
    private const byte Integer = 0x02;
    private const byte ExplicitVersion = 0xA0;
    private const byte ExplicitExtensions = 0xA3;
    private const byte UtcTime = 0x17;

    public static bool TryRead(ReadOnlySpan<byte> der, out X509Fields fields)
    {
        fields = default;
        if (!DerReader.TryTake(ref der, out byte tag, out ReadOnlySpan<byte> certificate) || tag != Sequence
            || !DerReader.TryTake(ref certificate, out tag, out ReadOnlySpan<byte> body) || tag != Sequence
            || !DerReader.TryTake(ref body, out tag, out ReadOnlySpan<byte> value))
        {
            return false;
        }
        if (tag == ExplicitVersion && !DerReader.TryTake(ref body, out tag, out value))
        {
            return false;
        }
        fields.Serial = value;
        if (tag != Integer || !DerReader.TryTake(ref body, out _, out _)
            || !DerReader.TryTake(ref body, out tag, out fields.Issuer) || tag != Sequence
            || !DerReader.TryTake(ref body, out tag, out ReadOnlySpan<byte> validity) || tag != Sequence
            || !DerReader.TryTake(ref body, out tag, out fields.Subject) || tag != Sequence)
        {
            return false;
        }
        if (DerReader.TryTake(ref validity, out tag, out value))
        {
            fields.NotBefore = ReadTime(tag, value);
        }
        if (DerReader.TryTake(ref validity, out tag, out value))
        {
            fields.NotAfter = ReadTime(tag, value);
        }
        while (DerReader.TryTake(ref body, out tag, out value))
        {
            if (tag == ExplicitExtensions)
            {
                fields.AlternativeNames = FindNames(value);
            }
        }
        return true;
    }

    private static ReadOnlySpan<byte> FindNames(ReadOnlySpan<byte> explicitly)
    {
        if (!DerReader.TryTake(ref explicitly, out _, out ReadOnlySpan<byte> extensions))
        {
            return default;
        }
        while (DerReader.TryTake(ref extensions, out _, out ReadOnlySpan<byte> extension))
        {
            if (!DerReader.TryTake(ref extension, out _, out ReadOnlySpan<byte> id)
                || !id.SequenceEqual("\x55\x1d\x11"u8))
            {
                continue;
            }
            ReadOnlySpan<byte> value = default;
            while (DerReader.TryTake(ref extension, out byte tag, out ReadOnlySpan<byte> part))
            {
                value = tag == 4 ? part : value;
            }
            return DerReader.TryTake(ref value, out _, out ReadOnlySpan<byte> names) ? names : default;
        }
        return default;
    }

    /// <summary>YYMMDDHHMMSSZ or YYYYMMDDHHMMSSZ; 0 when it is no date.</summary>
    private static long ReadTime(byte tag, ReadOnlySpan<byte> text)
    {
        int yearDigits = tag == UtcTime ? 2 : 4;
        if (text.Length < yearDigits + 10)
        {
            return 0;
        }
        int year = Number(text[..yearDigits]);
        year += tag == UtcTime ? year < 50 ? 2000 : 1900 : 0;
        text = text[yearDigits..];
        int month = Number(text[..2]);
        int day = Number(text.Slice(2, 2));
        int minutes = (Number(text.Slice(4, 2)) * 60) + Number(text.Slice(6, 2));
        int seconds = (minutes * 60) + Number(text.Slice(8, 2));
        if (year is < 1 or > 9999 || month is < 1 or > 12
            || day < 1 || day > DateTime.DaysInMonth(year, month))
        {
            return 0;
        }
        return ((new DateTime(year, month, day).Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerSecond)
            + seconds;
    }

    private static int Number(ReadOnlySpan<byte> digits)
    {
        int value = 0;
        foreach (byte digit in digits)
        {
            value = digit is >= (byte)'0' and <= (byte)'9' ? (value * 10) + digit - '0' : value;
        }
        return value;
    }
}
