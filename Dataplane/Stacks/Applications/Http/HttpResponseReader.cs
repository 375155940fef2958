using Dataplane.Events.Applications;
using Dataplane.Packets;

namespace Dataplane.Stacks.Applications;

/// <summary>Reads responses, as tolerant of line ends as browsers are.</summary>
internal sealed class HttpResponseReader(HttpParser parser, ApplicationStack stack)
    : HttpReader(parser, stack, Side.Server)
{
    private const int StatusBytesMin = 4;
    private bool _endedWithFeed;

    protected override bool UnfoldsHeaders =>
        Message.HasFirst && Message.First.Of(Message.Text.Span).EndsWith("/1.1"u8);

    public override void Reset()
    {
        base.Reset();
        _endedWithFeed = false;
    }

    protected override bool IsOverrun(ReadOnlySpan<byte> rest) =>
        rest.Length >= StatusBytesMin && !HttpWords.TrimEnd(rest).IsEmpty && !LooksLikeStatus(rest);

    /// <summary>LF CR is one line end, as CR LF is.</summary>
    protected override bool EndsLineBefore(byte value)
    {
        bool isReturn = _endedWithFeed && value == '\r';
        _endedWithFeed = false;
        return isReturn;
    }

    /// <summary>LF, CR LF and a lone CR end lines; a CR before another belongs to what follows.</summary>
    protected override int LineLength(ReadOnlySpan<byte> data, int scanned, bool isEnd)
    {
        int at = Math.Min(scanned, data.Length);
        while (true)
        {
            int found = data[at..].IndexOfAny((byte)'\r', (byte)'\n');
            if (found < 0)
            {
                return isEnd ? data.Length : 0;
            }
            at += found;
            if (data[at] == '\n')
            {
                _endedWithFeed = Next == Part.Headers && (at == 0 || data[at - 1] != '\r');
                return at + 1;
            }
            if (at + 1 == data.Length)
            {
                return isEnd ? data.Length : 0;
            }
            if (data[at + 1] != '\r')
            {
                return data[at + 1] == '\n' ? at + 2 : at + 1;
            }
            at++;
        }
    }

    protected override bool NeedsRest(ReadOnlySpan<byte> line) =>
        !HttpWords.TrimEnd(line).IsEmpty && !LooksLikeStatus(line);

    protected override void ReadLine(ReadOnlySpan<byte> line, ReadOnlySpan<byte> rest)
    {
        ReadOnlySpan<byte> text = HttpWords.TrimEnd(line);
        bool isStatus = LooksLikeStatus(text);
        if (text.IsEmpty || (!isStatus && rest.Length > 0 && rest[0] == 'H'))
        {
            // Browsers read on behind a line of rubbish when a status line follows.
            return;
        }
        Current = Parser.NextResponse();
        if (Current is null)
        {
            Break();
            return;
        }
        Parser.Moved(Current, Side, AppProgress.Started);
        if (!isStatus)
        {
            // No status line at all: everything is the body (HTTP/0.9).
            Parser.BeginResponseBody(Current, isDecoded: false);
            BeginUntilClose();
            TakeBody(line);
            return;
        }
        HttpMessage response = Current.Response;
        response.SetLine(text);
        SplitLine(response, response.Line.Of(response.Text.Span));
        Next = Part.Headers;
        Parser.ResponseSeen(Current);
    }

    protected override bool IsTerminator(ReadOnlySpan<byte> line, ReadOnlySpan<byte> rest)
    {
        bool isEmpty = line.Length == 1 || (line.Length == 2 && line[0] == '\r');
        bool isBlank = line.Length == 2 && HttpWords.IsBlank(line[0]) && line[1] == '\n'
            && rest.Length > 0 && rest[0] != '\n';
        _endedWithFeed &= !isEmpty && !isBlank;
        return isEmpty || isBlank;
    }

    protected override void HeadersComplete()
    {
        HttpTransaction transaction = Current!;
        HttpMessage response = transaction.Response;
        bool hasCoding = response.TryGet("transfer-encoding"u8, out ReadOnlySpan<byte> coding);
        bool hasLength = response.TryGet("content-length"u8, out ReadOnlySpan<byte> length);
        long contentLength = hasLength ? HttpChecks.ParseLength(length) : -1;
        if (transaction.Status == 100 && !hasCoding && contentLength <= 0)
        {
            BeginAgain(transaction);
            return;
        }
        ReadOnlySpan<byte> method = transaction.Request.First.Of(transaction.Request.Text.Span);
        bool isTunnel = method.SequenceEqual("CONNECT"u8) && transaction.Status is >= 200 and <= 299;
        bool isBare = transaction.Status is (>= 100 and <= 199) or 204 or 304 && !hasCoding && !hasLength;
        if (isTunnel || isBare || method.SequenceEqual("HEAD"u8))
        {
            bool isSwitch = transaction.Status == 101;
            bool isHttp2 = isSwitch && response.TryGet("upgrade"u8, out ReadOnlySpan<byte> upgrade)
                && HttpWords.EqualsLoosely(upgrade, "h2c"u8);
            Complete();
            if (isTunnel || isSwitch)
            {
                Next = isTunnel || isHttp2 ? Part.Waiting : Part.Ignored;
                Parser.Switch(isTunnel || isHttp2);
            }
            return;
        }
        Parser.BeginResponseBody(transaction, isDecoded: true);
        if (hasCoding && HttpWords.HasLoosely(coding, "chunked"u8))
        {
            NoteCoding(response, coding);
            BeginChunks();
        }
        else if (!hasLength)
        {
            BeginUntilClose();
        }
        else if (contentLength < 0)
        {
            Parser.Note(AppAnomaly.HttpInvalidContentLengthFieldInResponse, transaction, Side);
            BeginUntilClose();
        }
        else
        {
            response.ContentLength = contentLength;
            BeginSized(contentLength);
        }
    }

    protected override void MessageComplete()
    {
    }

    protected override void Note(HttpProblem problem)
    {
        AppAnomaly? anomaly = problem switch
        {
            HttpProblem.TooLong => AppAnomaly.HttpResponseFieldTooLong,
            HttpProblem.NoColon => AppAnomaly.HttpResponseFieldMissingColon,
            HttpProblem.BadHeader => AppAnomaly.HttpResponseHeaderInvalid,
            HttpProblem.Folding => AppAnomaly.HttpInvalidResponseFieldFolding,
            HttpProblem.RepeatedLength => AppAnomaly.HttpDuplicateContentLengthFieldInResponse,
            HttpProblem.Repetition => AppAnomaly.HttpResponseHeaderRepetition,
            HttpProblem.ChunkSize => AppAnomaly.HttpInvalidResponseChunkLen,
            _ => null,
        };
        if (anomaly is not null)
        {
            Parser.NoteOrCreate(anomaly.Value, Current, Side);
        }
    }

    /// <summary>White space and NUL bytes, then HTTP in any case.</summary>
    private static bool LooksLikeStatus(ReadOnlySpan<byte> line)
    {
        int at = 0;
        while (at < line.Length && (HttpWords.IsSpace(line[at]) || line[at] == 0))
        {
            at++;
        }
        return line.Length >= at + 4 && HttpWords.EqualsLoosely(line.Slice(at, 4), "http"u8);
    }

    private void NoteCoding(HttpMessage response, ReadOnlySpan<byte> coding)
    {
        if (!HttpWords.EqualsLoosely(coding, "chunked"u8))
        {
            Parser.Note(AppAnomaly.HttpResponseAbnormalTransferEncoding, Current!, Side);
        }
        ReadOnlySpan<byte> protocol = response.First.Of(response.Text.Span);
        if (protocol.EndsWith("/1.0"u8) || protocol.EndsWith("/0.9"u8))
        {
            Parser.Note(AppAnomaly.HttpResponseChunkedOldProto, Current!, Side);
        }
    }

    private void BeginAgain(HttpTransaction transaction)
    {
        if (transaction.ContinueCount > 0)
        {
            Parser.Note(AppAnomaly.Http100ContinueAlreadySeen, transaction, Side);
            Break();
            return;
        }
        transaction.BeginResponseAgain();
        transaction.Status = 0;
        Current = null;
        Next = Part.Line;
        Parser.ResponseComesAgain();
    }

    /// <summary>Protocol, status and reason.</summary>
    private void SplitLine(HttpMessage response, ReadOnlySpan<byte> line)
    {
        int at = Blanks(line, 0);
        int end = Word(line, at);
        response.First = new TextRange(response.Line.At + at, end - at);
        response.HasFirst = end > at;
        if (!HttpChecks.IsProtocol(line[at..end]))
        {
            Parser.Note(AppAnomaly.HttpResponseInvalidProtocol, Current!, Side);
        }
        at = Blanks(line, end);
        end = Word(line, at);
        response.Second = new TextRange(response.Line.At + at, end - at);
        response.HasSecond = end > at;
        Current!.Status = HttpChecks.ParseStatus(line[at..end]);
        if (response.HasSecond && Current.Status == 0)
        {
            Parser.Note(AppAnomaly.HttpResponseInvalidStatus, Current, Side);
        }
        at = Blanks(line, end);
        response.Third = new TextRange(response.Line.At + at, line.Length - at);
        response.HasThird = at < line.Length;
    }

    private static int Blanks(ReadOnlySpan<byte> line, int at)
    {
        while (at < line.Length && (HttpWords.IsSpace(line[at]) || line[at] == 0))
        {
            at++;
        }
        return at;
    }

    private static int Word(ReadOnlySpan<byte> line, int at)
    {
        while (at < line.Length && !HttpWords.IsSpace(line[at]) && line[at] != 0)
        {
            at++;
        }
        return at;
    }
}
