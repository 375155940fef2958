namespace Dataplane.Stacks.Applications;

/// <summary>The host of a request: from its URI where that has one, else from its Host header.</summary>
internal static class HttpHosts
{
    /// <summary>The host in lower case, without port.</summary>
    public static bool TryHost(HttpMessage request, out ReadOnlySpan<byte> host)
    {
        host = default;
        if (!TryRawHost(request, out ReadOnlySpan<byte> raw))
        {
            return false;
        }
        if (!request.TryDerived(HttpDerived.Host, out GrowingBytes bytes))
        {
            foreach (byte letter in WithoutPort(HttpWords.TrimEnd(raw)))
            {
                bytes.Append(HttpWords.Lower(letter));
            }
        }
        host = bytes.Span;
        return !host.IsEmpty;
    }

    /// <summary>The host as it was sent.</summary>
    public static bool TryRawHost(HttpMessage request, out ReadOnlySpan<byte> host)
    {
        if (request.HasSecond && HttpUri.TryHost(
            request.First.Of(request.Text.Span), request.Second.Of(request.Text.Span), out host))
        {
            return true;
        }
        return request.TryGet("host"u8, out host) && !host.IsEmpty;
    }

    private static ReadOnlySpan<byte> WithoutPort(ReadOnlySpan<byte> host)
    {
        if (host.Length > 0 && host[0] == '[')
        {
            int end = host.IndexOf((byte)']');
            return end < 0 ? host : host[..(end + 1)];
        }
        int colon = host.IndexOf((byte)':');
        ReadOnlySpan<byte> name = colon < 0 ? host : host[..colon];
        return name.Length > 1 && name[^1] == '.' ? name[..^1] : name;
    }
}
