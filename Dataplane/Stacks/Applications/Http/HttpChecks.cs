using Dataplane.Events.Applications;
using Dataplane.Packets;

namespace Dataplane.Stacks.Applications;

/// <summary>Numbers in HTTP's texts, and what is checked of a request when its headers are known.</summary>
internal static class HttpChecks
{
    private const int HostBytesMax = 255;

    /// <summary>A length: junk before the digits is ignored; -1 when there are none or they are too
    /// many.</summary>
    public static long ParseLength(ReadOnlySpan<byte> text)
    {
        int at = 0;
        while (at < text.Length && text[at] is < (byte)'0' or > (byte)'9')
        {
            at++;
        }
        return at == text.Length ? -1 : ParseDigits(text[at..]);
    }

    /// <summary>A status from 100 to 999; 0 when it is none.</summary>
    public static int ParseStatus(ReadOnlySpan<byte> text)
    {
        foreach (byte digit in text)
        {
            if (digit is < (byte)'0' or > (byte)'9')
            {
                return 0;
            }
        }
        long status = text.IsEmpty ? 0 : ParseDigits(text);
        return status is >= 100 and <= 999 ? (int)status : 0;
    }

    public static bool IsProtocol(ReadOnlySpan<byte> text) =>
        text.Length == 8 && HttpWords.EqualsLoosely(text[..5], "http/"u8)
        && text[6] == '.' && text[5] is (byte)'0' or (byte)'1'
        && text[7] is (byte)'0' or (byte)'1' or (byte)'9';

    /// <summary>Notes what is irregular about host, authorisation and URI.</summary>
    public static void Check(HttpParser parser, HttpTransaction transaction)
    {
        HttpMessage request = transaction.Request;
        bool hasHeader = request.TryGet("host"u8, out ReadOnlySpan<byte> header);
        ReadOnlySpan<byte> text = request.Text.Span;
        ReadOnlySpan<byte> uri = request.HasSecond ? request.Second.Of(text) : default;
        bool hasUriHost = HttpUri.TryHost(request.First.Of(text), uri, out ReadOnlySpan<byte> uriHost);
        if (!hasHeader && request.HasThird && request.Third.Of(text).EndsWith("1.1"u8))
        {
            parser.Note(AppAnomaly.HttpMissingHostHeader, transaction, Side.Client);
        }
        if (hasHeader && !IsHost(header))
        {
            parser.Note(AppAnomaly.HttpRequestHeaderHostInvalid, transaction, Side.Client);
        }
        if (hasHeader && hasUriHost && !SameHost(uriHost, header))
        {
            parser.Note(AppAnomaly.HttpHostHeaderAmbiguous, transaction, Side.Client);
        }
        if (request.TryGet("authorization"u8, out ReadOnlySpan<byte> authorisation)
            && HttpWords.IndexOfLoosely(authorisation, "basic"u8) != 0
            && HttpWords.IndexOfLoosely(authorisation, "digest"u8) != 0
            && HttpWords.IndexOfLoosely(authorisation, "bearer"u8) != 0)
        {
            parser.Note(AppAnomaly.HttpRequestAuthUnrecognized, transaction, Side.Client);
        }
    }

    private static long ParseDigits(ReadOnlySpan<byte> text)
    {
        long value = 0;
        foreach (byte digit in text)
        {
            if (digit is < (byte)'0' or > (byte)'9')
            {
                break;
            }
            if (value > (long.MaxValue - 9) / 10)
            {
                return -1;
            }
            value = (value * 10) + digit - '0';
        }
        return value;
    }

    private static bool SameHost(ReadOnlySpan<byte> uriHost, ReadOnlySpan<byte> header)
    {
        int colon = header.IndexOf((byte)':');
        ReadOnlySpan<byte> name = colon < 0 ? header : header[..colon];
        return System.Text.Ascii.EqualsIgnoreCase(uriHost, name);
    }

    private static bool IsHost(ReadOnlySpan<byte> host)
    {
        if (host.IsEmpty || host.Length > HostBytesMax)
        {
            return false;
        }
        if (host[0] == '[')
        {
            return host.IndexOf((byte)']') > 0;
        }
        int colon = host.IndexOf((byte)':');
        ReadOnlySpan<byte> name = colon < 0 ? host : host[..colon];
        ReadOnlySpan<byte> port = colon < 0 ? default : host[(colon + 1)..];
        foreach (byte digit in port)
        {
            if (digit is < (byte)'0' or > (byte)'9')
            {
                return false;
            }
        }
        foreach (byte letter in name)
        {
            bool isFine = letter is >= (byte)'a' and <= (byte)'z' or >= (byte)'A' and <= (byte)'Z'
                or >= (byte)'0' and <= (byte)'9' or (byte)'-' or (byte)'.' or (byte)'_';
            if (!isFine)
            {
                return false;
            }
        }
        return !name.IsEmpty && name[0] != '.';
    }
}
