using System.Text;
using Dataplane.Events.Applications;
using Dataplane.Packets;

namespace Dataplane.Stacks.Applications;

/// <summary>Reads requests.</summary>
internal sealed class HttpRequestReader(HttpParser parser, ApplicationStack stack)
    : HttpReader(parser, stack, Side.Client)
{
    private bool _mayBeOld;

    protected override bool UnfoldsHeaders => false;

    public override void Reset()
    {
        base.Reset();
        _mayBeOld = false;
    }

    protected override int LineLength(ReadOnlySpan<byte> data, int scanned, bool isEnd)
    {
        if (_mayBeOld && Next == Part.Headers && !LooksLikeHeader(data, isEnd, out bool isSure))
        {
            if (!isSure)
            {
                return 0;
            }

            // A request line without protocol and no headers: HTTP/0.9.
            _mayBeOld = false;
            Complete();
        }
        int from = Math.Min(scanned, data.Length);
        int end = data[from..].IndexOf((byte)'\n');
        return end >= 0 ? from + end + 1 : isEnd ? data.Length : 0;
    }

    protected override void ReadLine(ReadOnlySpan<byte> line, ReadOnlySpan<byte> rest)
    {
        ReadOnlySpan<byte> text = HttpWords.TrimEnd(line);
        if (text.IsEmpty)
        {
            return;
        }
        if (IsUnexpected(text))
        {
            Parser.NoteUnexpectedBody();
            return;
        }
        HttpTransaction? transaction = Parser.NewRequest();
        if (transaction is null)
        {
            Break();
            return;
        }
        Current = transaction;
        HttpMessage request = transaction.Request;
        request.SetLine(text);
        SplitLine(request, request.Line.Of(request.Text.Span));
        Next = Part.Headers;
        _mayBeOld = !request.HasThird;
        Parser.RequestSeen(transaction);
    }

    protected override bool IsTerminator(ReadOnlySpan<byte> line, ReadOnlySpan<byte> rest)
    {
        _mayBeOld = false;
        return line.Length == 1 || (line.Length == 2 && line[0] == '\r');
    }

    protected override void HeadersComplete()
    {
        HttpMessage request = Message;
        HttpChecks.Check(Parser, Current!);
        Parser.BeginRequestBody(Current!);
        if (request.TryGet("transfer-encoding"u8, out ReadOnlySpan<byte> coding))
        {
            if (HttpWords.IndexOfLoosely(coding, "chunked"u8) >= 0)
            {
                BeginChunks();
                return;
            }
            Parser.Note(AppAnomaly.HttpInvalidTransferEncodingValueInRequest, Current!, Side);
        }
        if (!request.TryGet("content-length"u8, out ReadOnlySpan<byte> length))
        {
            HttpTransaction tunnel = Current!;
            bool isTunnel = request.First.Of(request.Text.Span).SequenceEqual("CONNECT"u8);
            Complete();
            if (isTunnel)
            {
                Next = Part.Waiting;
                Parser.AwaitTunnel(tunnel);
            }
            return;
        }
        request.ContentLength = HttpChecks.ParseLength(length);
        if (request.ContentLength < 0)
        {
            Parser.Note(AppAnomaly.HttpInvalidContentLengthFieldInRequest, Current!, Side);
            Break();
            return;
        }
        BeginSized(request.ContentLength);
    }

    protected override void MessageComplete() => _mayBeOld = false;

    protected override void Note(HttpProblem problem)
    {
        AppAnomaly? anomaly = problem switch
        {
            HttpProblem.TooLong => AppAnomaly.HttpRequestFieldTooLong,
            HttpProblem.NoColon => AppAnomaly.HttpRequestFieldMissingColon,
            HttpProblem.BadHeader => AppAnomaly.HttpRequestHeaderInvalid,
            HttpProblem.Folding => AppAnomaly.HttpInvalidRequestFieldFolding,
            HttpProblem.RepeatedLength => AppAnomaly.HttpDuplicateContentLengthFieldInRequest,
            HttpProblem.Repetition => AppAnomaly.HttpRequestHeaderRepetition,
            HttpProblem.ChunkSize => AppAnomaly.HttpInvalidRequestChunkLen,
            _ => null,
        };
        if (anomaly is not null)
        {
            Parser.NoteOrCreate(anomaly.Value, Current, Side);
        }
    }

    /// <summary>Method, URI and protocol; the URI may hold blanks, the protocol is what follows the last
    /// one.</summary>
    private void SplitLine(HttpMessage request, ReadOnlySpan<byte> line)
    {
        int start = 0;
        while (start < line.Length && HttpWords.IsSpace(line[start]))
        {
            start++;
        }
        if (start > 0)
        {
            Parser.Note(AppAnomaly.HttpRequestLineLeadingWhitespace, Current!, Side);
        }
        int end = start;
        while (end < line.Length && !HttpWords.IsSpace(line[end]))
        {
            end++;
        }
        int at = request.Line.At;
        request.First = new TextRange(at + start, end - start);
        request.HasFirst = true;
        while (end < line.Length && HttpWords.IsSpace(line[end]))
        {
            if (line[end] != ' ')
            {
                Parser.Note(AppAnomaly.HttpMethodDelimNonCompliant, Current!, Side);
            }
            end++;
        }
        if (end < line.Length)
        {
            SplitUri(request, line, end);
        }
    }

    private void SplitUri(HttpMessage request, ReadOnlySpan<byte> line, int start)
    {
        int end = line.Length - 1;
        while (end > start && line[end] != ' ')
        {
            end--;
        }
        if (end == start)
        {
            for (end = line.Length - 1; end > start && !HttpWords.IsSpace(line[end]); end--)
            {
            }
        }
        end = end == start ? line.Length : end;
        int protocol = end;
        while (end > start && HttpWords.IsSpace(line[end - 1]))
        {
            end--;
        }
        while (protocol < line.Length && HttpWords.IsSpace(line[protocol]))
        {
            protocol++;
        }
        request.Second = new TextRange(request.Line.At + start, end - start);
        request.HasSecond = true;
        request.HasThird = protocol < line.Length;
        request.Third = new TextRange(request.Line.At + protocol, line.Length - protocol);
        if (line[start..end].IndexOfAny("\t\v\f\r"u8) >= 0)
        {
            Parser.Note(AppAnomaly.HttpUriDelimNonCompliant, Current!, Side);
        }
    }

    /// <summary>Behind a request: no method and no line with a protocol is the body of a liar.</summary>
    private bool IsUnexpected(ReadOnlySpan<byte> line)
    {
        if (!Parser.HasRequests)
        {
            return false;
        }
        ReadOnlySpan<byte> text = line.TrimStart(" \t\v\f\r"u8);
        int end = text.IndexOfAny(" \t"u8);
        ReadOnlySpan<byte> method = end < 0 ? text : text[..end];
        return !HttpWords.IsMethod(method) && HttpWords.IndexOfLoosely(line, " http/"u8) < 0;
    }

    private static bool LooksLikeHeader(ReadOnlySpan<byte> data, bool isEnd, out bool isSure)
    {
        bool wasBlank = false;
        isSure = true;
        foreach (byte value in data)
        {
            if (value == ':')
            {
                return true;
            }
            if (HttpWords.IsBlank(value))
            {
                wasBlank = true;
            }
            else if (HttpWords.IsSpace(value) || wasBlank)
            {
                return false;
            }
        }
        isSure = isEnd || data.Length > LineBytesMax;
        return false;
    }
}
