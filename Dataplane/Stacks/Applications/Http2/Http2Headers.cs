using System.Text;
using Dataplane.Events.Applications;
using Dataplane.Packets;

namespace Dataplane.Stacks.Applications;

/// <summary>Puts the headers of HTTP/2 into the buffers that HTTP/1 has for the same.</summary>
internal sealed class Http2Headers
{
    private const int TextBytesMax = 32 * 1024;
    private const int HeaderMax = 256;
    private readonly GrowingBytes _name;
    private readonly GrowingBytes _value;
    private readonly GrowingBytes _line;
    private readonly GrowingBytes _all;
    private readonly GrowingBytes _host;

    public Http2Headers(ApplicationStack stack)
    {
        _name = new GrowingBytes(stack.Bytes, TextBytesMax);
        _value = new GrowingBytes(stack.Bytes, TextBytesMax);
        _line = new GrowingBytes(stack.Bytes, 2 * TextBytesMax);
        _all = new GrowingBytes(stack.Bytes, TextBytesMax);
        _host = new GrowingBytes(stack.Bytes, TextBytesMax);
    }

    public void Clear()
    {
        _name.Clear();
        _value.Clear();
        _line.Clear();
        _all.Clear();
        _host.Clear();
    }

    /// <summary>Reads a whole block; false when it cannot be.</summary>
    /// <param name="table">The table of its direction.</param>
    /// <param name="block">The block.</param>
    /// <param name="transaction">What gets them; null: they only change the table.</param>
    /// <param name="sender">Whose they are.</param>
    /// <param name="flow">The flow.</param>
    public bool TryRead(
        Hpack table, ReadOnlySpan<byte> block, FieldTransaction? transaction, Side sender, AppFlow flow)
    {
        Clear();
        int count = 0;
        while (!block.IsEmpty)
        {
            if (!table.TryRead(ref block, _name, _value) || ++count > HeaderMax)
            {
                Clear();
                return false;
            }
            if (transaction is not null && _name.Length > 0)
            {
                Add(transaction, sender, flow);
            }
        }
        if (transaction is not null && _all.Length > 0)
        {
            transaction.Add(AppBuffer.HttpHeader, sender, _all.Span);
            transaction.Add(AppBuffer.HttpHeaderRaw, sender, _all.Span);
            transaction.Add(AppBuffer.HttpProtocol, sender, "HTTP/2"u8);
            AddHost(transaction, sender);
        }
        Clear();
        return true;
    }

    private void Add(FieldTransaction transaction, Side sender, AppFlow flow)
    {
        bool isRequest = sender == Side.Client;
        _line.Clear();
        _line.Append(_name.Span);
        _line.Append(": "u8);
        _line.Append(_value.Span);
        _all.Append(_line.Span);
        _all.Append("\r\n"u8);
        transaction.Add(AppBuffer.Http2HeaderName, sender, _name.Span);
        transaction.Add(
            isRequest ? AppBuffer.HttpRequestHeader : AppBuffer.HttpResponseHeader, sender, _line.Span);
        AppBuffer own = BufferOf(_name.Span, isRequest);
        if (own != AppBuffer.None)
        {
            transaction.Add(own, sender, _value.Span);
        }
        if (own == AppBuffer.HttpUri)
        {
            transaction.Add(AppBuffer.HttpUriRaw, sender, _value.Span);
        }
        if (isRequest && _name.Span.SequenceEqual(":authority"u8))
        {
            _host.Append(_value.Span);
            if (_value.Span.Contains((byte)'@'))
            {
                flow.Note(AppAnomaly.Http2UserinfoInUri, transaction, sender);
            }
        }
        else if (isRequest && _name.Span.SequenceEqual("host"u8))
        {
            if (_host.Length > 0 && !Ascii.EqualsIgnoreCase(_host.Span, _value.Span))
            {
                flow.Note(AppAnomaly.Http2AuthorityHostMismatch, transaction, sender);
            }
            else if (_host.Length == 0)
            {
                _host.Append(_value.Span);
            }
        }
        else if (_name.Span.SequenceEqual("content-encoding"u8))
        {
            AddCoding(transaction.ContentOf(sender));
        }
    }

    private void AddHost(FieldTransaction transaction, Side sender)
    {
        if (_host.Length == 0)
        {
            return;
        }
        transaction.Add(AppBuffer.HttpHostRaw, sender, _host.Span);
        ReadOnlySpan<byte> host = _host.Span;
        int at = host.LastIndexOf((byte)'@');
        host = host[(at + 1)..];
        int port = host.LastIndexOf((byte)':');
        host = port > 0 && host[^1] != ']' ? host[..port] : host;
        _line.Clear();
        _line.Append(host);
        foreach (ref byte one in _line.Writable)
        {
            one = one is >= (byte)'A' and <= (byte)'Z' ? (byte)(one | 0x20) : one;
        }
        transaction.Add(AppBuffer.HttpHost, sender, _line.Span);
    }

    private void AddCoding(HttpBody body)
    {
        ReadOnlySpan<byte> coding = _value.Span;
        if (coding.SequenceEqual("gzip"u8))
        {
            body.AddCoding(HttpCoding.Gzip);
        }
        else if (coding.SequenceEqual("deflate"u8))
        {
            body.AddCoding(HttpCoding.Deflate);
        }
        else if (coding.SequenceEqual("br"u8))
        {
            body.AddCoding(HttpCoding.Brotli);
        }
    }

    private static AppBuffer BufferOf(ReadOnlySpan<byte> name, bool isRequest) =>
        isRequest ? RequestBufferOf(name) : name switch
        {
            _ when name.SequenceEqual(":status"u8) => AppBuffer.HttpStatusCode,
            _ when name.SequenceEqual("server"u8) => AppBuffer.HttpServer,
            _ when name.SequenceEqual("location"u8) => AppBuffer.HttpLocation,
            _ when name.SequenceEqual("set-cookie"u8) => AppBuffer.HttpCookie,
            _ => CommonBufferOf(name),
        };

    private static AppBuffer RequestBufferOf(ReadOnlySpan<byte> name) => name switch
    {
        _ when name.SequenceEqual(":method"u8) => AppBuffer.HttpMethod,
        _ when name.SequenceEqual(":path"u8) => AppBuffer.HttpUri,
        _ when name.SequenceEqual("user-agent"u8) => AppBuffer.HttpUserAgent,
        _ when name.SequenceEqual("cookie"u8) => AppBuffer.HttpCookie,
        _ when name.SequenceEqual("accept"u8) => AppBuffer.HttpAccept,
        _ when name.SequenceEqual("accept-encoding"u8) => AppBuffer.HttpAcceptEncoding,
        _ when name.SequenceEqual("accept-language"u8) => AppBuffer.HttpAcceptLanguage,
        _ when name.SequenceEqual("referer"u8) => AppBuffer.HttpReferer,
        _ => CommonBufferOf(name),
    };

    private static AppBuffer CommonBufferOf(ReadOnlySpan<byte> name) => name switch
    {
        _ when name.SequenceEqual("content-type"u8) => AppBuffer.HttpContentType,
        _ when name.SequenceEqual("content-length"u8) => AppBuffer.HttpContentLength,
        _ when name.SequenceEqual("connection"u8) => AppBuffer.HttpConnection,
        _ => AppBuffer.None,
    };
}
