namespace Dataplane.Stacks.Applications;

/// <content>Lines and headers.</content>
internal abstract partial class HttpReader
{
    private int ReadOneLine(ReadOnlySpan<byte> data, bool isEnd)
    {
        if (Next != Part.Line && EndsLineBefore(data[0]))
        {
            Message.Raw.Append(data[0]);
            return 1;
        }
        int length = LineLength(data, _scanned, isEnd);
        if (length == 0)
        {
            _scanned = Math.Max(data.Length - 1, 0);
        }
        if (length > LineBytesMax || (length == 0 && data.Length > LineBytesMax))
        {
            Note(HttpProblem.TooLong);
            Break();
            return data.Length;
        }
        if (length == 0)
        {
            return 0;
        }
        if (Next == Part.Line)
        {
            if (length == data.Length && !isEnd && NeedsRest(data[..length]))
            {
                return 0;
            }
            ReadLine(data[..length], data[length..]);
            return length;
        }
        bool mayWait = length == 2 && HttpWords.IsBlank(data[0]) && data.Length == 2 && !isEnd;
        if (mayWait)
        {
            // What follows a blank line decides whether it ends the headers.
            return 0;
        }
        ReadHeaderLine(data[..length], data[length..]);
        return length;
    }

    private void ReadHeaderLine(ReadOnlySpan<byte> line, ReadOnlySpan<byte> rest)
    {
        if (Next == Part.Headers)
        {
            Message.Raw.Append(line);
        }
        if (IsTerminator(line, rest))
        {
            CloseHeader();
            if (Next == Part.Trailer)
            {
                Complete();
            }
            else
            {
                Parser.HeadersSeen(Current!, Side);
                HeadersComplete();
            }
            return;
        }
        bool isFolded = HttpWords.IsBlank(line[0]) || line[0] == 0;
        line = HttpWords.TrimEnd(line);
        if (!isFolded)
        {
            CloseHeader();
            OpenHeader(line);
        }
        else if (!_hasOpen)
        {
            Note(HttpProblem.Folding);
            OpenHeader(line);
        }
        else if (UnfoldsHeaders && line.IndexOf((byte)':') >= 0 && _open.Span.IndexOf((byte)':') >= 0)
        {
            Note(HttpProblem.Folding);
            CloseHeader();
            OpenHeader(line.IsEmpty ? line : line[1..]);
        }
        else
        {
            _open.Append(line);
        }
    }

    private void OpenHeader(ReadOnlySpan<byte> line)
    {
        _hasOpen = true;
        _open.Append(line);
    }

    private void CloseHeader()
    {
        if (_hasOpen)
        {
            ReadHeader(_open.Span);
            _open.Clear();
            _hasOpen = false;
        }
    }

    private void ReadHeader(ReadOnlySpan<byte> line)
    {
        int colon = line.IndexOf((byte)':');
        if (colon < 0)
        {
            Note(HttpProblem.NoColon);
            Message.AddHeader(default, line);
            return;
        }
        ReadOnlySpan<byte> name = line[..colon].TrimEnd(" \t\v\f\r\0"u8);
        if (name.Length != colon || name.IsEmpty)
        {
            Note(HttpProblem.BadHeader);
        }
        int count = Message.AddHeader(name, line[(colon + 1)..].Trim(" \t"u8));
        if (count > 1)
        {
            bool isLength = HttpWords.EqualsLoosely(name, "content-length"u8);
            Note(isLength ? HttpProblem.RepeatedLength
                : count > HttpMessage.RepetitionMax ? HttpProblem.Repetition : HttpProblem.None);
        }
    }
}
