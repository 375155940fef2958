using Dataplane.Events;
using Dataplane.Events.Applications;
using Dataplane.Packets;

namespace Dataplane.Stacks.Applications;

/// <summary>HTTP/1: requests, each with its response, pipelined or not.</summary>
internal sealed class HttpParser : AppParser
{
    private const uint NoTunnel = uint.MaxValue;
    private readonly ApplicationStack _stack;
    private readonly HttpRequestReader _requests;
    private readonly HttpResponseReader _responses;
    private uint _nextResponse;
    private uint _tunnel = NoTunnel;

    public HttpParser(ApplicationStack stack)
    {
        _stack = stack;
        _requests = new HttpRequestReader(this, stack);
        _responses = new HttpResponseReader(this, stack);
    }

    /// <summary>True once there was a request.</summary>
    public bool HasRequests => Flow.NextNumber > 0;

    public override void Take(Side sender, ReadOnlySpan<byte> bytes)
    {
        if (sender == Side.Server)
        {
            _responses.Take(bytes);
        }
        else
        {
            _requests.Take(bytes);
        }
    }

    public override ReadOnlySpan<byte> RestOf(Side sender) =>
        sender == Side.Client ? _requests.Rest : _responses.Rest;

    public override void Skip(Side sender, ulong count)
    {
        if (sender == Side.Client)
        {
            _requests.Skip(count);
        }
        else
        {
            _responses.Skip(count);
        }
    }

    public override void End(Side sender)
    {
        if (sender == Side.Client)
        {
            _requests.End();
        }
        else
        {
            _responses.End();
            _requests.Resume();
        }
    }

    public override void Reset()
    {
        _requests.Reset();
        _responses.Reset();
        (_nextResponse, _tunnel) = (0, NoTunnel);
    }

    public override void Release()
    {
        Reset();
        _stack.Parsers.Http.Return(this);
    }

    public void Stop(Side side)
    {
        Flow.Say(new HttpMalformed(new HttpEvent(Flow.About(null, side))), side);
        Flow.Stop(side);
        if (side == Side.Server)
        {
            _requests.Resume();
        }
    }

    public void Moved(HttpTransaction transaction, Side side, AppProgress progress) =>
        Flow.Moved(transaction, side, progress);

    public void Note(AppAnomaly anomaly, HttpTransaction transaction, Side side) =>
        Flow.Note(anomaly, transaction, side);

    /// <summary>Notes it at the message being read, or at a transaction made for it.</summary>
    public void NoteOrCreate(AppAnomaly anomaly, HttpTransaction? transaction, Side side)
    {
        transaction ??= side == Side.Client ? NewRequest() : NextResponse();
        if (transaction is not null)
        {
            Note(anomaly, transaction, side);
        }
    }

    /// <summary>Bytes behind a request that are none.</summary>
    public void NoteUnexpectedBody()
    {
        if (Flow.TransactionCount > 0)
        {
            Flow.Note(AppAnomaly.HttpRequestBodyUnexpected, Flow[Flow.TransactionCount - 1], Side.Client);
        }
    }

    /// <summary>A transaction for a request; null when there can be none.</summary>
    public HttpTransaction? NewRequest()
    {
        HttpTransaction? transaction = _stack.Parsers.HttpTransactions.Rent();
        if (transaction is null || !Flow.Add(transaction))
        {
            return null;
        }
        Moved(transaction, Side.Client, AppProgress.Started);
        return transaction;
    }

    /// <summary>The transaction that the next response belongs to; one without request when none
    /// waits.</summary>
    public HttpTransaction? NextResponse()
    {
        for (int i = 0; i < Flow.TransactionCount; i++)
        {
            if (Flow[i].Number >= _nextResponse && !Flow[i].IsComplete(Side.Server)
                && Flow[i] is HttpTransaction waiting)
            {
                _nextResponse = waiting.Number + 1;
                return waiting;
            }
        }
        HttpTransaction? made = NewRequest();
        if (made is not null)
        {
            _nextResponse = made.Number + 1;
            Note(AppAnomaly.HttpUnableToMatchResponseToRequest, made, Side.Server);
            Moved(made, Side.Client, AppProgress.Complete);
        }
        return made;
    }

    /// <summary>The next status line belongs to the same request.</summary>
    public void ResponseComesAgain() => _nextResponse--;

    public void RequestSeen(HttpTransaction transaction)
    {
        Moved(transaction, Side.Client, AppProgress.Line);
        Flow.Say(new HttpRequestSeen(About(transaction, Side.Client)), Side.Client);
    }

    public void ResponseSeen(HttpTransaction transaction)
    {
        Moved(transaction, Side.Server, AppProgress.Line);
        var body = new HttpResponseSeen(About(transaction, Side.Server), (ushort)transaction.Status);
        Flow.Say(in body, Side.Server);
        if (transaction.Number == _tunnel && transaction.Status is not (>= 100 and <= 299))
        {
            // Refused: what the client sends is HTTP still.
            _tunnel = NoTunnel;
            _requests.Resume();
        }
    }

    public void HeadersSeen(HttpTransaction transaction, Side side)
    {
        Moved(transaction, side, AppProgress.Headers);
        Flow.Say(new HttpHeadersSeen(About(transaction, side)), side);
    }

    public void SayMessageEnd(HttpTransaction transaction, Side side) =>
        Flow.Say(new HttpMessageEnd(About(transaction, side)), side);

    /// <summary>Codings and files of a request's body.</summary>
    public void BeginRequestBody(HttpTransaction transaction)
    {
        AddCodings(transaction, Side.Client);
        if (transaction.Request.TryGet("content-type"u8, out ReadOnlySpan<byte> type)
            && HttpWords.IndexOfLoosely(type, "multipart/form-data"u8) == 0
            && HttpParameters.TryGet(type, "boundary"u8, out ReadOnlySpan<byte> boundary))
        {
            transaction.Uploads.Begin(boundary);
        }
    }

    /// <summary>Codings of a response's body.</summary>
    public void BeginResponseBody(HttpTransaction transaction, bool isDecoded)
    {
        if (isDecoded)
        {
            AddCodings(transaction, Side.Server);
        }
    }

    public void BodyGrew(HttpTransaction transaction, Side side, ReadOnlySpan<byte> bytes)
    {
        if (side == Side.Client && transaction.Uploads.IsActive)
        {
            transaction.Uploads.Take(bytes);
        }
        Moved(transaction, side, AppProgress.Body);
        HttpBody body = transaction.MessageOf(side).Body;
        NoteFailure(body, transaction, side);
        Flow.Say(new HttpBodySeen(About(transaction, side), body.SeenBytes), side);
    }

    public void BodyComplete(HttpTransaction transaction, Side side)
    {
        if (side == Side.Client && transaction.Uploads.IsActive)
        {
            transaction.Uploads.End();
        }
        Moved(transaction, side, AppProgress.Body);
        NoteFailure(transaction.MessageOf(side).Body, transaction, side);
    }

    /// <summary>CONNECT: what follows depends on the answer.</summary>
    public void AwaitTunnel(HttpTransaction request) => _tunnel = request.Number;

    /// <summary>Another protocol follows: one to be recognised, or none that is read.</summary>
    public void Switch(bool isKnown)
    {
        if (isKnown)
        {
            Flow.ChangeTo(AppProtocol.Unknown);
        }
        else
        {
            Flow.Stop();
        }
    }

    private static HttpEvent About(AppFlow flow, HttpTransaction transaction, Side side) =>
        new(flow.About(transaction, side));

    private HttpEvent About(HttpTransaction transaction, Side side) => About(Flow, transaction, side);

    private void NoteFailure(HttpBody body, HttpTransaction transaction, Side side)
    {
        if (body.HasFailed)
        {
            Note(AppAnomaly.HttpGzipDecompressionFailed, transaction, side);
        }
    }

    private void AddCodings(HttpTransaction transaction, Side side)
    {
        HttpMessage message = transaction.MessageOf(side);
        if (!message.TryGet("content-encoding"u8, out ReadOnlySpan<byte> value))
        {
            return;
        }
        bool isPlain = HttpWords.EqualsLoosely(value, "gzip"u8)
            || HttpWords.EqualsLoosely(value, "deflate"u8);
        while (!value.IsEmpty)
        {
            int end = value.IndexOfAny((byte)',', (byte)' ');
            ReadOnlySpan<byte> token = end < 0 ? value : value[..end];
            value = end < 0 ? default : value[(end + 1)..];
            if (token.IsEmpty)
            {
                continue;
            }
            HttpCoding coding = CodingOf(token, isPlain);
            bool isOdd = coding is HttpCoding.Gzip or HttpCoding.Deflate && !IsExact(token);
            if (isOdd)
            {
                Note(AppAnomaly.HttpAbnormalCeHeader, transaction, side);
            }
            if (coding != HttpCoding.None && !message.Body.AddCoding(coding))
            {
                Note(AppAnomaly.HttpTooManyEncodingLayers, transaction, side);
                return;
            }
        }
    }

    /// <summary>A token that holds the name is taken for it.</summary>
    private static HttpCoding CodingOf(ReadOnlySpan<byte> token, bool isPlain)
    {
        if (HttpWords.IndexOfLoosely(token, "gzip"u8) >= 0
            || (isPlain && HttpWords.EqualsLoosely(token, "gzip"u8)))
        {
            return HttpCoding.Gzip;
        }
        if (HttpWords.IndexOfLoosely(token, "deflate"u8) >= 0
            || (isPlain && HttpWords.EqualsLoosely(token, "deflate"u8)))
        {
            return HttpCoding.Deflate;
        }
        return HttpWords.EqualsLoosely(token, "br"u8) ? HttpCoding.Brotli : HttpCoding.None;
    }

    private static bool IsExact(ReadOnlySpan<byte> token)
    {
        token = token.Length > 2 && token[1] == '-' && HttpWords.Lower(token[0]) == 'x' ? token[2..] : token;
        return HttpWords.EqualsLoosely(token, "gzip"u8) || HttpWords.EqualsLoosely(token, "deflate"u8);
    }
}
