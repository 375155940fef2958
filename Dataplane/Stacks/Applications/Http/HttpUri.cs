namespace Dataplane.Stacks.Applications;

/// <summary>Splits and normalises request URIs as Suricata's default configuration does: percent signs
/// decoded, backslashes turned, separators joined, dot segments removed from the path; the query
/// decoded.</summary>
internal static class HttpUri
{
    private const byte Unknown = (byte)'?';

    /// <summary>Path, query and fragment, normalised; neither scheme nor host.</summary>
    public static void Normalise(ReadOnlySpan<byte> uri, GrowingBytes target)
    {
        ReadOnlySpan<byte> rest = uri[AfterAuthority(uri)..];
        int end = rest.IndexOfAny((byte)'?', (byte)'#');
        ReadOnlySpan<byte> path = end < 0 ? rest : rest[..end];
        AppendPath(path, target);
        rest = end < 0 ? default : rest[end..];
        if (rest.Length > 0 && rest[0] == '?')
        {
            int hash = rest.IndexOf((byte)'#');
            target.Append((byte)'?');
            AppendDecoded(hash < 0 ? rest[1..] : rest[1..hash], target);
            rest = hash < 0 ? default : rest[hash..];
        }
        if (rest.Length > 0)
        {
            target.Append((byte)'#');
            AppendDecoded(rest[1..], target);
        }
    }

    /// <summary>The host in the URI: of an absolute one, or of CONNECT's.</summary>
    public static bool TryHost(ReadOnlySpan<byte> method, ReadOnlySpan<byte> uri, out ReadOnlySpan<byte> host)
    {
        host = default;
        ReadOnlySpan<byte> authority = default;
        if (method.SequenceEqual("CONNECT"u8))
        {
            authority = uri;
        }
        else if (SchemeLength(uri) is int scheme and > 0 && uri[(scheme + 1)..].StartsWith("//"u8))
        {
            authority = uri[(scheme + 3)..AfterAuthority(uri)];
        }
        int at = authority.LastIndexOf((byte)'@');
        authority = authority[(at + 1)..];
        bool isBracketed = authority.Length > 0 && authority[0] == '[' && authority.IndexOf((byte)']') > 0;
        int colon = isBracketed ? authority.IndexOf((byte)']') + 1 : authority.IndexOf((byte)':');
        host = colon < 0 ? authority : authority[..colon];
        return !host.IsEmpty;
    }

    /// <summary>A body without a name of its own goes by its whole path.</summary>
    public static ReadOnlySpan<byte> FileNameOf(ReadOnlySpan<byte> uri)
    {
        int end = uri.IndexOfAny((byte)'?', (byte)'#');
        return end < 0 ? uri : uri[..end];
    }

    private static int SchemeLength(ReadOnlySpan<byte> uri) =>
        uri.Length > 0 && uri[0] != '/' ? Math.Max(uri.IndexOf((byte)':'), 0) : 0;

    /// <summary>Where path, query or fragment begins.</summary>
    private static int AfterAuthority(ReadOnlySpan<byte> uri)
    {
        int scheme = SchemeLength(uri);
        if (scheme == 0)
        {
            return 0;
        }
        int at = scheme + 1;
        if (!uri[at..].StartsWith("//"u8))
        {
            return at;
        }
        int end = uri[(at + 2)..].IndexOfAny((byte)'/', (byte)'?', (byte)'#');
        return end < 0 ? uri.Length : at + 2 + end;
    }

    private static void AppendPath(ReadOnlySpan<byte> path, GrowingBytes target)
    {
        int start = target.Length;
        bool wasSeparator = false;
        for (int i = 0; i < path.Length;)
        {
            byte value = Decode(path, ref i);
            value = value == (byte)'\\' ? (byte)'/' : value;
            bool isSeparator = value == (byte)'/';
            if (!isSeparator || !wasSeparator)
            {
                target.Append(value);
            }
            wasSeparator = isSeparator;
        }
        int length = Transliterate(target.Writable[start..]);
        length = RemoveDots(target.Writable.Slice(start, length));
        target.Truncate(start + length);
    }

    private static void AppendDecoded(ReadOnlySpan<byte> text, GrowingBytes target)
    {
        for (int i = 0; i < text.Length;)
        {
            target.Append(Decode(text, ref i));
        }
    }

    /// <summary>The next byte, percent signs decoded; those that do not fit stay.</summary>
    private static byte Decode(ReadOnlySpan<byte> text, ref int at)
    {
        byte value = text[at];
        if (value == '%' && at + 2 < text.Length)
        {
            if (text[at + 1] is (byte)'u' or (byte)'U' && at + 5 < text.Length
                && TryHex(text.Slice(at + 2, 4), out int wide))
            {
                at += 6;
                return Narrow(wide);
            }
            if (TryHex(text.Slice(at + 1, 2), out int narrow))
            {
                at += 3;
                return (byte)narrow;
            }
        }
        at++;
        return value;
    }

    private static bool TryHex(ReadOnlySpan<byte> digits, out int value)
    {
        value = 0;
        foreach (byte digit in digits)
        {
            int nibble = HttpWords.HexValue(digit);
            if (nibble < 0)
            {
                return false;
            }
            value = (value << 4) | nibble;
        }
        return true;
    }

    /// <summary>The letter that a code point looks like.</summary>
    private static byte Narrow(int codePoint) => codePoint switch
    {
        < 0x100 => (byte)codePoint,
        >= 0xFF01 and <= 0xFF5E => (byte)(codePoint - 0xFF01 + '!'),
        0x2215 or 0x2044 => (byte)'/',
        0x2216 => (byte)'\\',
        >= 0x2010 and <= 0x2014 => (byte)'-',
        0x2018 or 0x2019 => (byte)'\'',
        0x201C or 0x201D => (byte)'"',
        _ => Unknown,
    };

    /// <summary>UTF-8 sequences, overlong ones too, become the letters they look like. Returns the new
    /// length.</summary>
    private static int Transliterate(Span<byte> path)
    {
        if (path.IndexOfAnyInRange((byte)0xC0, (byte)0xF7) < 0)
        {
            return path.Length;
        }
        int to = 0;
        for (int from = 0; from < path.Length;)
        {
            byte first = path[from];
            int more = first switch { >= 0xF0 and < 0xF8 => 3, >= 0xE0 => 2, >= 0xC0 => 1, _ => 0 };
            int codePoint = more == 0 ? first : first & (0x3F >> more);
            bool isWhole = more > 0 && first < 0xF8 && from + more < path.Length;
            for (int i = 1; isWhole && i <= more; i++)
            {
                isWhole = (path[from + i] & 0xC0) == 0x80;
                codePoint = (codePoint << 6) | (path[from + i] & 0x3F);
            }
            path[to++] = isWhole ? Narrow(codePoint) : first;
            from += isWhole ? more + 1 : 1;
        }
        return to;
    }

    /// <summary>Removes dot segments (RFC 3986, 5.2.4) in place; returns the new length.</summary>
    private static int RemoveDots(Span<byte> path)
    {
        int to = 0;
        int from = 0;
        while (from < path.Length)
        {
            ReadOnlySpan<byte> rest = path[from..];
            if (rest.StartsWith("../"u8))
            {
                from += 3;
            }
            else if (rest.StartsWith("./"u8) || rest.StartsWith("/./"u8))
            {
                from += 2;
            }
            else if (rest.SequenceEqual("/."u8))
            {
                path[to++] = (byte)'/';
                break;
            }
            else if (rest.StartsWith("/../"u8) || rest.SequenceEqual("/.."u8))
            {
                to = Math.Max(path[..to].LastIndexOf((byte)'/'), 0);
                if (rest.Length == 3)
                {
                    path[to++] = (byte)'/';
                    break;
                }
                from += 3;
            }
            else if (rest.SequenceEqual("."u8) || rest.SequenceEqual(".."u8))
            {
                break;
            }
            else
            {
                do
                {
                    path[to++] = path[from++];
                }
                while (from < path.Length && path[from] != '/');
            }
        }
        return to;
    }
}
