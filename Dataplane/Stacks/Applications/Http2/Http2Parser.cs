using System.Buffers.Binary;
using Dataplane.Events.Applications;
using Dataplane.Packets;

namespace Dataplane.Stacks.Applications;

/// <summary>HTTP/2 (RFC 9113): frames, headers, bodies. A stream is a transaction; so is each frame about the
/// connection.</summary>
internal sealed class Http2Parser : MessageParser
{
    private const int FrameHeaderBytes = 9;
    private const int FrameBytesMax = 128 * 1024;
    private const int PrefaceBytes = 24;
    private const int BlockBytesMax = 64 * 1024;
    private const byte EndStream = 1, EndHeaders = 4, Padded = 8, HasPriority = 0x20, Acknowledges = 1;
    private const int StreamKind = 1;
    private readonly Hpack[] _tables;
    private readonly GrowingBytes[] _blocks;
    private readonly uint[] _blockStream = new uint[2];
    private readonly bool[] _blockEnds = new bool[2];
    private readonly Http2Headers _headers;
    private bool _hasPreface;

    public Http2Parser(ApplicationStack stack)
        : base(stack)
    {
        _tables = [new Hpack(stack), new Hpack(stack)];
        _blocks = [new(stack.Bytes, BlockBytesMax), new(stack.Bytes, BlockBytesMax)];
        _headers = new Http2Headers(stack);
    }

    private enum FrameType : byte
    {
        Data,
        Headers,
        Priority,
        Reset,
        Settings,
        PushPromise,
        Ping,
        GoAway,
        WindowUpdate,
        Continuation,
    }

    /// <inheritdoc/>
    public override void Reset()
    {
        base.Reset();
        Array.ForEach(_tables, table => table.Clear());
        Array.ForEach(_blocks, block => block.Clear());
        _headers.Clear();
        Array.Clear(_blockStream);
        Array.Clear(_blockEnds);
        _hasPreface = false;
    }

    /// <inheritdoc/>
    public override void Release()
    {
        Reset();
        Stack.Parsers.Http2.Return(this);
    }

    /// <inheritdoc/>
    protected override int Read(Side sender, ReadOnlySpan<byte> bytes)
    {
        if (sender == Side.Client && !_hasPreface)
        {
            return ReadPreface(bytes);
        }
        if (bytes.Length < FrameHeaderBytes)
        {
            return 0;
        }
        int length = (bytes[0] << 16) | BinaryPrimitives.ReadUInt16BigEndian(bytes[1..]);
        if (length > FrameBytesMax)
        {
            Flow.Note(AppAnomaly.Http2LongFrameData, null, sender);
            SkipNext(sender, length);
            return FrameHeaderBytes;
        }
        if (bytes.Length < FrameHeaderBytes + length)
        {
            return 0;
        }
        uint stream = BinaryPrimitives.ReadUInt32BigEndian(bytes[5..]) & int.MaxValue;
        ReadFrame(sender, (FrameType)bytes[3], bytes[4], stream, bytes.Slice(FrameHeaderBytes, length));
        return FrameHeaderBytes + length;
    }

    private int ReadPreface(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < PrefaceBytes)
        {
            return 0;
        }
        _hasPreface = true;
        if (!bytes.StartsWith("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8))
        {
            Flow.Note(AppAnomaly.Http2InvalidClientMagic, null, Side.Client);
            Flow.Stop();
        }
        return PrefaceBytes;
    }

    private void ReadFrame(Side sender, FrameType type, byte flags, uint stream, ReadOnlySpan<byte> body)
    {
        FieldTransaction? transaction =
            stream == 0 ? Begin(AppProtocol.Http2, sender) : StreamOf(sender, stream);
        if (transaction is null)
        {
            return;
        }
        transaction.Add(AppNumber.Http2FrameType, sender, (byte)type);
        switch (type)
        {
            case FrameType.Data:
                if (WithoutPadding(flags, ref body))
                {
                    transaction.ContentOf(sender).Take(body);
                }
                Flow.Moved(transaction, sender, AppProgress.Body);
                EndIf((flags & EndStream) != 0, transaction, sender);
                break;
            case FrameType.Headers or FrameType.PushPromise or FrameType.Continuation:
                ReadHeaders(transaction, sender, type, flags, stream, body);
                break;
            case FrameType.Reset when body.Length >= 4:
                transaction.Add(
                    AppNumber.Http2ErrorCode, sender, BinaryPrimitives.ReadUInt32BigEndian(body));
                Complete(transaction, sender);
                break;
            default:
                ReadOther(transaction, sender, type, flags, body);
                break;
        }
        if (stream == 0)
        {
            Complete(transaction, sender);
        }
    }

    private static void ReadOther(
        FieldTransaction transaction, Side sender, FrameType type, byte flags, ReadOnlySpan<byte> body)
    {
        switch (type)
        {
            case FrameType.Priority when body.Length >= 5:
                transaction.Add(AppNumber.Http2Priority, sender, body[4]);
                break;
            case FrameType.GoAway when body.Length >= 8:
                transaction.Add(
                    AppNumber.Http2ErrorCode, sender, BinaryPrimitives.ReadUInt32BigEndian(body[4..]));
                break;
            case FrameType.WindowUpdate when body.Length >= 4:
                transaction.Add(
                    AppNumber.Http2WindowUpdate, sender,
                    BinaryPrimitives.ReadUInt32BigEndian(body) & int.MaxValue);
                break;
            case FrameType.Settings when (flags & Acknowledges) == 0:
                for (; body.Length >= 6; body = body[6..])
                {
                    long setting = BinaryPrimitives.ReadUInt16BigEndian(body);
                    transaction.Add(
                        AppNumber.Http2Setting, sender,
                        (setting << 32) | BinaryPrimitives.ReadUInt32BigEndian(body[2..]));
                }
                break;
        }
    }

    private void ReadHeaders(
        FieldTransaction transaction, Side sender, FrameType type, byte flags, uint stream,
        ReadOnlySpan<byte> body)
    {
        GrowingBytes block = _blocks[(int)sender];
        if (type == FrameType.Continuation)
        {
            if (_blockStream[(int)sender] != stream)
            {
                Flow.Note(AppAnomaly.Http2InvalidFrameData, transaction, sender);
                Flow.Stop();
                return;
            }
        }
        else
        {
            block.Clear();
            _blockStream[(int)sender] = stream;
            _blockEnds[(int)sender] = type == FrameType.Headers && (flags & EndStream) != 0;
            if (!WithoutPadding(flags, ref body) || !WithoutHead(transaction, sender, type, flags, ref body))
            {
                Flow.Note(AppAnomaly.Http2InvalidFrameLength, transaction, sender);
                return;
            }
        }
        block.Append(body);
        if ((flags & EndHeaders) == 0)
        {
            return;
        }
        FieldTransaction? target = type == FrameType.PushPromise ? null : transaction;
        bool isRead = !block.IsCut
            && _headers.TryRead(_tables[(int)sender], block.Span, target, sender, Flow);
        block.Clear();
        if (!isRead)
        {
            // The table is not what the sender thinks it is any more.
            Flow.Note(AppAnomaly.Http2InvalidHeader, transaction, sender);
            Flow.Stop(sender);
            return;
        }
        Flow.Moved(transaction, sender, AppProgress.Headers);
        EndIf(_blockEnds[(int)sender], transaction, sender);
    }

    /// <summary>Takes the priority of HEADERS, or the promised stream of PUSH_PROMISE, off.</summary>
    private static bool WithoutHead(
        FieldTransaction transaction, Side sender, FrameType type, byte flags, ref ReadOnlySpan<byte> body)
    {
        bool hasPriority = type == FrameType.Headers && (flags & HasPriority) != 0;
        int head = hasPriority ? 5 : type == FrameType.PushPromise ? 4 : 0;
        if (body.Length < head)
        {
            return false;
        }
        if (hasPriority)
        {
            transaction.Add(AppNumber.Http2Priority, sender, body[4]);
        }
        body = body[head..];
        return true;
    }

    private static bool WithoutPadding(byte flags, ref ReadOnlySpan<byte> body)
    {
        if ((flags & Padded) == 0)
        {
            return true;
        }
        if (body.IsEmpty || body[0] >= body.Length)
        {
            return false;
        }
        body = body[1..^body[0]];
        return true;
    }

    /// <summary>A side has said all it will, but for frames about the stream itself.</summary>
    private void EndIf(bool ends, FieldTransaction transaction, Side sender)
    {
        if (!ends)
        {
            return;
        }
        transaction.ContentOf(sender).Complete();
        if (transaction.ProgressOf(sender.Other()) >= AppProgress.Trailer)
        {
            Complete(transaction, sender);
        }
        else
        {
            Flow.Moved(transaction, sender, AppProgress.Trailer);
        }
    }

    private FieldTransaction? StreamOf(Side sender, uint stream)
    {
        FieldTransaction? found = Find(stream, StreamKind, sender);
        if (found is null)
        {
            found = Begin(AppProtocol.Http2, sender);
            if (found is not null)
            {
                (found.Key, found.Kind) = (stream, StreamKind);
            }
        }
        return found;
    }
}
