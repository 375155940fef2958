using Dataplane.Events.Applications;
using Dataplane.Packets;

namespace Dataplane.Stacks.Applications;

/// <summary>One direction of an HTTP connection: lines, headers and bodies, whatever the pieces they come
/// in.</summary>
internal abstract partial class HttpReader
{
    /// <summary>Longest line; what has a longer one is not read further (Suricata's hard limit).</summary>
    public const int LineBytesMax = 18_000;

    private const int PendingBytesMax = 256 * 1024;
    private const int ProbeSizeBytes = 8;
    private readonly ApplicationStack _stack;
    private readonly GrowingBytes _pending;
    private readonly GrowingBytes _open;
    private bool _hasOpen;
    private int _scanned;
    private long _left;

    protected HttpReader(HttpParser parser, ApplicationStack stack, Side side)
    {
        (Parser, _stack, Side) = (parser, stack, side);
        _pending = new GrowingBytes(stack.Bytes, PendingBytesMax);
        _open = new GrowingBytes(stack.Bytes, LineBytesMax);
    }

    /// <summary>What comes next.</summary>
    protected enum Part : byte
    {
        Line,
        Headers,

        /// <summary>A body of known length.</summary>
        Sized,
        UntilClose,
        ChunkSize,
        ChunkBytes,
        ChunkEnd,
        Trailer,

        /// <summary>Bytes are kept until the other side has spoken, or for another protocol.</summary>
        Waiting,

        /// <summary>Nothing is read any more.</summary>
        Ignored,
    }

    protected HttpParser Parser { get; }

    protected Side Side { get; }

    protected Part Next { get; set; }

    /// <summary>The message being read; null between messages.</summary>
    protected HttpTransaction? Current { get; set; }

    protected HttpMessage Message => Current!.MessageOf(Side);

    /// <summary>Bytes that were not read.</summary>
    public ReadOnlySpan<byte> Rest => _pending.Span;

    /// <summary>Takes the next bytes.</summary>
    public void Take(ReadOnlySpan<byte> bytes)
    {
        if (Next == Part.Ignored)
        {
            return;
        }
        if (_pending.Length == 0)
        {
            int used = Run(bytes, isEnd: false);
            if (used < bytes.Length && Next != Part.Ignored)
            {
                _pending.Append(bytes[used..]);
            }
        }
        else
        {
            _pending.Append(bytes);
            _pending.RemoveFirst(Run(_pending.Span, isEnd: false));
        }
        if (_pending.IsCut)
        {
            Break();
        }
    }

    /// <summary>Reads on after <see cref="Part.Waiting"/>.</summary>
    public void Resume()
    {
        if (Next == Part.Waiting)
        {
            Next = Part.Line;
            _pending.RemoveFirst(Run(_pending.Span, isEnd: false));
        }
    }

    /// <summary>Bytes are missing: in a body they leave a hole, elsewhere nothing can be read on.</summary>
    public void Skip(ulong count)
    {
        if (Next == Part.Ignored)
        {
            return;
        }
        bool fits = Next switch
        {
            Part.UntilClose => true,
            Part.Sized or Part.ChunkBytes => _left >= 0 && count <= (ulong)_left,
            _ => false,
        };
        if (!fits || Current is null)
        {
            Break();
            return;
        }
        Message.Body.IsTruncated = true;
        if (Next != Part.UntilClose)
        {
            _left -= (long)count;
            FinishPiece();
        }
    }

    /// <summary>No more bytes will come.</summary>
    public void End()
    {
        if (Next == Part.Ignored)
        {
            return;
        }
        int used = _pending.Length == 0 ? 0 : Run(_pending.Span, isEnd: true);
        _pending.RemoveFirst(used);
        if (Current is null)
        {
            return;
        }
        if (Next == Part.Headers)
        {
            CloseHeader();
        }
        if (Next == Part.UntilClose && Current is not null)
        {
            CompleteBody();
            Complete();
        }
    }

    public virtual void Reset()
    {
        _pending.Clear();
        _open.Clear();
        (_hasOpen, _scanned, _left) = (false, 0, 0);
        (Next, Current) = (Part.Line, null);
    }

    /// <summary>Nothing can be read on: what is here stays.</summary>
    public void Break()
    {
        _pending.Clear();
        Next = Part.Ignored;
        Parser.Stop(Side);
        Current = null;
    }

    /// <summary>Length of the first line with its end; 0 when it is not whole yet.</summary>
    protected abstract int LineLength(ReadOnlySpan<byte> data, int scanned, bool isEnd);

    /// <summary>Reads a start line (with its end); <paramref name="rest"/> is what follows.</summary>
    protected abstract void ReadLine(ReadOnlySpan<byte> line, ReadOnlySpan<byte> rest);

    /// <summary>True when what follows a start line must be known to read it.</summary>
    protected virtual bool NeedsRest(ReadOnlySpan<byte> line) => false;

    /// <summary>True when what follows a body of known length is no message of its own.</summary>
    protected virtual bool IsOverrun(ReadOnlySpan<byte> rest) => false;

    /// <summary>True when the byte belongs to the end of the line before it.</summary>
    protected virtual bool EndsLineBefore(byte value) => false;

    /// <summary>The headers are complete: decides about the body.</summary>
    protected abstract void HeadersComplete();

    /// <summary>The message is complete.</summary>
    protected abstract void MessageComplete();

    protected abstract void Note(HttpProblem problem);

    /// <summary>True when a line that is blank ends the headers.</summary>
    protected abstract bool IsTerminator(ReadOnlySpan<byte> line, ReadOnlySpan<byte> rest);

    /// <summary>True when a folded line is a header of its own.</summary>
    protected abstract bool UnfoldsHeaders { get; }

    /// <summary>A body of so many bytes follows.</summary>
    protected void BeginSized(long bytes)
    {
        _left = bytes;
        Next = Part.Sized;
        Parser.Moved(Current!, Side, AppProgress.Body);
        FinishPiece();
    }

    protected void BeginChunks()
    {
        Next = Part.ChunkSize;
        Parser.Moved(Current!, Side, AppProgress.Body);
    }

    protected void BeginUntilClose()
    {
        Next = Part.UntilClose;
        Parser.Moved(Current!, Side, AppProgress.Body);
    }

    /// <summary>The message is complete; another may follow.</summary>
    protected void Complete()
    {
        Next = Part.Line;
        Parser.Moved(Current!, Side, AppProgress.Complete);
        Parser.SayMessageEnd(Current!, Side);
        MessageComplete();
        Current = null;
    }

    protected void TakeBody(ReadOnlySpan<byte> bytes)
    {
        if (!bytes.IsEmpty)
        {
            Message.Body.Take(bytes);
            Parser.BodyGrew(Current!, Side, bytes);
        }
    }

    protected void CompleteBody()
    {
        Message.Body.Complete();
        Parser.BodyComplete(Current!, Side);
    }

    private int Run(ReadOnlySpan<byte> data, bool isEnd)
    {
        int at = 0;
        while (at < data.Length && Next is not (Part.Ignored or Part.Waiting))
        {
            Part before = Next;
            int used = Step(data[at..], isEnd);
            if (used == 0 && Next == before)
            {
                break;
            }
            _scanned = used == 0 ? _scanned : 0;
            at += used;
        }
        return Next == Part.Ignored ? data.Length : at;
    }

    private int Step(ReadOnlySpan<byte> data, bool isEnd)
    {
        switch (Next)
        {
            case Part.Sized or Part.ChunkBytes:
                int count = (int)Math.Min(_left, data.Length);
                TakeBody(data[..count]);
                _left -= count;
                if (_left == 0 && Next == Part.Sized && count < data.Length && IsOverrun(data[count..]))
                {
                    // More than the length says, in one piece with it: clients may well read on.
                    TakeBody(data[count..]);
                    _stack.OverrunCount++;
                    count = data.Length;
                }
                FinishPiece();
                return count;
            case Part.UntilClose:
                TakeBody(data);
                return data.Length;
            case Part.ChunkEnd:
                int end = data.IndexOf((byte)'\n');
                Next = end < 0 ? Next : Part.ChunkSize;
                return end < 0 ? data.Length : end + 1;
            case Part.ChunkSize:
                return ReadChunkSize(data, isEnd);
            default:
                return ReadOneLine(data, isEnd);
        }
    }

    private int ReadChunkSize(ReadOnlySpan<byte> data, bool isEnd)
    {
        int length = data.IndexOf((byte)'\n') + 1;
        ReadOnlySpan<byte> line = length == 0 ? data : data[..length];
        ReadOnlySpan<byte> text = line.TrimStart("\r\n \t\v\f"u8);
        bool isHex = text.Length > 0 && HttpWords.HexValue(text[0]) >= 0;
        bool isLongEnough = line.Length >= ProbeSizeBytes || length > 0 || isEnd;
        if (text.Length > 0 && !isHex && isLongEnough)
        {
            // Not chunked after all, whatever the header says.
            Note(HttpProblem.ChunkSize);
            BeginUntilClose();
            return 0;
        }
        if (length == 0)
        {
            if (data.Length > LineBytesMax || isEnd)
            {
                Note(HttpProblem.ChunkSize);
                BeginUntilClose();
            }
            return 0;
        }
        if (text.IsEmpty)
        {
            return length;
        }
        long size = 0;
        for (int i = 0; i < text.Length && HttpWords.HexValue(text[i]) >= 0; i++)
        {
            size = Math.Min((size << 4) | (long)HttpWords.HexValue(text[i]), (long)int.MaxValue + 1);
        }
        if (size > int.MaxValue)
        {
            Note(HttpProblem.ChunkSize);
            BeginUntilClose();
            return 0;
        }
        BeginChunk(size);
        return length;
    }

    private void BeginChunk(long size)
    {
        _left = size;
        if (size > 0)
        {
            Next = Part.ChunkBytes;
            return;
        }
        CompleteBody();
        Next = Part.Trailer;
        Parser.Moved(Current!, Side, AppProgress.Trailer);
    }

    private void FinishPiece()
    {
        if (_left > 0)
        {
            return;
        }
        if (Next == Part.Sized)
        {
            CompleteBody();
            Complete();
        }
        else if (Next == Part.ChunkBytes)
        {
            Next = Part.ChunkEnd;
        }
    }
}
