using System.Text;
using Dataplane.Events.Applications;
using Dataplane.Packets;

namespace Dataplane.Stacks.Applications;

/// <summary>The buffers of an HTTP transaction, as Suricata cuts and normalises them.</summary>
internal static class HttpBuffers
{
    public static bool TryGet(
        HttpTransaction transaction, AppBuffer buffer, Side sender, int instance,
        out ReadOnlySpan<byte> bytes)
    {
        HttpMessage message = transaction.MessageOf(sender);
        bytes = default;
        if (instance >= CountOf(transaction, buffer, sender))
        {
            return false;
        }
        switch (buffer)
        {
            case AppBuffer.HttpHeader:
                bytes = Header(message, sender);
                return !bytes.IsEmpty;
            case AppBuffer.HttpHeaderRaw:
                bytes = message.Raw.Span;
                return !bytes.IsEmpty;
            case AppBuffer.HttpHeaderNames:
                bytes = HeaderNames(message);
                return !bytes.IsEmpty;
            case AppBuffer.HttpStart:
                bytes = Start(message);
                return !bytes.IsEmpty;
            case AppBuffer.HttpRequestHeader or AppBuffer.HttpResponseHeader:
                bytes = HeaderLine(message, instance);
                return true;
            case AppBuffer.HttpRequestBody or AppBuffer.HttpResponseBody:
                bytes = message.Body.Kept.Span;
                return !bytes.IsEmpty;
            case AppBuffer.FileData:
                bytes = sender == Side.Client && transaction.Uploads.IsActive
                    ? transaction.Uploads.DataOf(instance) : message.Body.Kept.Span;
                return !bytes.IsEmpty;
            case AppBuffer.FileName:
                return TryFileName(transaction, sender, instance, out bytes);
            default:
                return sender == Side.Client
                    ? TryRequest(transaction.Request, buffer, out bytes)
                    : TryResponse(transaction.Response, buffer, out bytes);
        }
    }

    public static int CountOf(HttpTransaction transaction, AppBuffer buffer, Side sender)
    {
        bool isClient = sender == Side.Client;
        switch (buffer)
        {
            case AppBuffer.HttpRequestHeader:
                return isClient ? transaction.Request.HeaderCount : 0;
            case AppBuffer.HttpResponseHeader:
                return isClient ? 0 : transaction.Response.HeaderCount;
            case AppBuffer.HttpRequestBody:
                return isClient ? 1 : 0;
            case AppBuffer.HttpResponseBody:
                return isClient ? 0 : 1;
            case AppBuffer.FileData or AppBuffer.FileName:
                return isClient && transaction.Uploads.IsActive ? transaction.Uploads.Count
                    : transaction.MessageOf(sender).Body.SeenBytes > 0 ? 1 : 0;
            case > AppBuffer.FileName or AppBuffer.None:
                return 0;
            default:
                return 1;
        }
    }

    private static bool TryRequest(HttpMessage request, AppBuffer buffer, out ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> text = request.Text.Span;
        bytes = default;
        switch (buffer)
        {
            case AppBuffer.HttpMethod:
                bytes = request.First.Of(text);
                return request.HasFirst && !bytes.IsEmpty;
            case AppBuffer.HttpUriRaw:
                bytes = request.Second.Of(text);
                return request.HasSecond && !bytes.IsEmpty;
            case AppBuffer.HttpUri:
                bytes = request.HasSecond ? Uri(request) : default;
                return !bytes.IsEmpty;
            case AppBuffer.HttpProtocol:
                bytes = request.Third.Of(text);
                return request.HasThird;
            case AppBuffer.HttpRequestLine:
                bytes = request.Line.Of(text);
                return request.HasLine && !bytes.IsEmpty;
            case AppBuffer.HttpHost:
                return HttpHosts.TryHost(request, out bytes);
            case AppBuffer.HttpHostRaw:
                return HttpHosts.TryRawHost(request, out bytes);
            default:
                return TryHeader(request, buffer, out bytes);
        }
    }

    private static bool TryResponse(HttpMessage response, AppBuffer buffer, out ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> text = response.Text.Span;
        bytes = default;
        switch (buffer)
        {
            case AppBuffer.HttpProtocol:
                bytes = response.First.Of(text);
                return response.HasFirst && !bytes.IsEmpty;
            case AppBuffer.HttpStatusCode:
                bytes = response.Second.Of(text);
                return response.HasSecond && !bytes.IsEmpty;
            case AppBuffer.HttpStatusMessage:
                bytes = response.Third.Of(text);
                return response.HasThird;
            case AppBuffer.HttpResponseLine:
                bytes = response.Line.Of(text);
                return response.HasLine && !bytes.IsEmpty;
            case AppBuffer.HttpCookie:
                return response.TryGet("set-cookie"u8, out bytes);
            case AppBuffer.HttpServer:
                return response.TryGet("server"u8, out bytes);
            case AppBuffer.HttpLocation:
                return response.TryGet("location"u8, out bytes);
            case AppBuffer.HttpConnection or AppBuffer.HttpContentLength or AppBuffer.HttpContentType:
                return TryHeader(response, buffer, out bytes);
            default:
                return false;
        }
    }

    private static bool TryHeader(HttpMessage message, AppBuffer buffer, out ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> name = buffer switch
        {
            AppBuffer.HttpUserAgent => "user-agent"u8,
            AppBuffer.HttpCookie => "cookie"u8,
            AppBuffer.HttpAccept => "accept"u8,
            AppBuffer.HttpAcceptEncoding => "accept-encoding"u8,
            AppBuffer.HttpAcceptLanguage => "accept-language"u8,
            AppBuffer.HttpConnection => "connection"u8,
            AppBuffer.HttpContentLength => "content-length"u8,
            AppBuffer.HttpContentType => "content-type"u8,
            AppBuffer.HttpReferer => "referer"u8,
            _ => default,
        };
        bytes = default;
        return !name.IsEmpty && message.TryGet(name, out bytes);
    }

    private static ReadOnlySpan<byte> Uri(HttpMessage request)
    {
        if (!request.TryDerived(HttpDerived.Uri, out GrowingBytes bytes))
        {
            HttpUri.Normalise(request.Second.Of(request.Text.Span), bytes);
        }
        return bytes.Span;
    }

    private static ReadOnlySpan<byte> Header(HttpMessage message, Side sender)
    {
        if (!message.TryDerived(HttpDerived.Header, out GrowingBytes bytes))
        {
            ReadOnlySpan<byte> cookie = sender == Side.Client ? "cookie"u8 : "set-cookie"u8;
            for (int i = 0; i < message.HeaderCount; i++)
            {
                if (!Ascii.EqualsIgnoreCase(message.NameOf(i), cookie))
                {
                    AppendLine(message, i, bytes);
                }
            }
        }
        return bytes.Span;
    }

    private static ReadOnlySpan<byte> HeaderNames(HttpMessage message)
    {
        if (!message.TryDerived(HttpDerived.HeaderNames, out GrowingBytes bytes) && message.HeaderCount > 0)
        {
            bytes.Append("\r\n"u8);
            for (int i = 0; i < message.HeaderCount; i++)
            {
                bytes.Append(message.NameOf(i));
                bytes.Append("\r\n"u8);
            }
            bytes.Append("\r\n"u8);
        }
        return bytes.Span;
    }

    private static ReadOnlySpan<byte> Start(HttpMessage message)
    {
        if (!message.TryDerived(HttpDerived.Start, out GrowingBytes bytes) && message.HasLine)
        {
            bytes.Append(message.Line.Of(message.Text.Span));
            bytes.Append("\r\n"u8);
            for (int i = 0; i < message.HeaderCount; i++)
            {
                AppendLine(message, i, bytes);
            }
            bytes.Append("\r\n"u8);
        }
        return bytes.Span;
    }

    private static ReadOnlySpan<byte> HeaderLine(HttpMessage message, int index)
    {
        _ = message.TryDerived(HttpDerived.HeaderLine, out GrowingBytes bytes);
        bytes.Clear();
        bytes.Append(message.NameOf(index));
        bytes.Append(": "u8);
        bytes.Append(message.ValueOf(index));
        return bytes.Span;
    }

    private static void AppendLine(HttpMessage message, int index, GrowingBytes bytes)
    {
        bytes.Append(message.NameOf(index));
        bytes.Append(": "u8);
        bytes.Append(message.ValueOf(index));
        bytes.Append("\r\n"u8);
    }

    private static bool TryFileName(
        HttpTransaction transaction, Side sender, int instance, out ReadOnlySpan<byte> name)
    {
        if (sender == Side.Client && transaction.Uploads.IsActive)
        {
            name = transaction.Uploads.NameOf(instance);
            return !name.IsEmpty;
        }
        HttpMessage message = transaction.MessageOf(sender);
        if (message.TryGet("content-disposition"u8, out ReadOnlySpan<byte> disposition)
            && HttpParameters.TryGet(disposition, "filename"u8, out name) && !name.IsEmpty)
        {
            return true;
        }
        name = HttpUri.FileNameOf(transaction.Request.HasSecond ? Uri(transaction.Request) : default);
        return !name.IsEmpty;
    }
}
