using System.Buffers;
using System.IO.Compression;
using Dataplane.Native.Zlib;

namespace Dataplane.Stacks.Applications;

/// <summary>Undoes one content coding of a body, in pieces; pooled. What cannot be decoded passes as it
/// is.</summary>
/// <remarks>
/// Servers label bodies wrongly, and clients guess: until the first decoded byte every known format is
/// tried from the body's first byte on, the labelled one first.
/// </remarks>
public sealed class BodyDecoder : IDisposable
{
    /// <summary>Compressed bytes that are kept to try another format.</summary>
    private const int RetryBytesMax = 4_096;

    private const int OutputBytes = 16_384;
    private readonly byte[] _output = new byte[OutputBytes];
    private readonly byte[] _first = new byte[RetryBytesMax];
    private readonly Inflater _inflater = new();
    private readonly Attempt[] _attempts = new Attempt[4];
    private BrotliDecoder _brotli;
    private int _attemptCount;
    private int _attempt;
    private int _firstLength;
    private int _toSkip;
    private bool _hasOutput;
    private bool _isDone;
    private bool _awaitsHeader;
    private bool _hasEnded;
    private bool _passes;

    private static ReadOnlySpan<byte> GzipMagic => [0x1F, 0x8B];

    private enum Attempt : byte
    {
        Wrapped,
        Raw,
        RawBehindGzipHeader,
        Brotli,
    }

    /// <summary>True when the body was not what its label says.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>Begins a body.</summary>
    public void Begin(HttpCoding coding)
    {
        ReadOnlySpan<Attempt> attempts = coding switch
        {
            HttpCoding.Gzip => [Attempt.Wrapped, Attempt.RawBehindGzipHeader, Attempt.Raw],
            HttpCoding.Deflate => [Attempt.Raw, Attempt.Wrapped, Attempt.RawBehindGzipHeader],
            _ => [Attempt.Brotli],
        };
        attempts.CopyTo(_attempts);
        _attemptCount = attempts.Length;
        (_attempt, _firstLength) = (0, 0);
        (_hasOutput, _isDone, _passes, HasFailed, _hasEnded) = (false, false, false, false, false);
        BeginAttempt();
    }

    /// <summary>Decodes bytes; hands what comes out to the next in line.</summary>
    public void Take(ReadOnlySpan<byte> bytes, HttpBody body, int layer)
    {
        while (!bytes.IsEmpty && !_hasOutput && !_passes && !_isDone)
        {
            int room = RetryBytesMax - _firstLength;
            if (room == 0)
            {
                // What was sent cannot be read again from its beginning.
                _attemptCount = _attempt + 1;
                Decode(bytes, beyondFirst: bytes, body, layer);
                return;
            }
            ReadOnlySpan<byte> slice = bytes[..Math.Min(bytes.Length, room)];
            bytes = bytes[slice.Length..];
            slice.CopyTo(_first.AsSpan(_firstLength));
            _firstLength += slice.Length;
            Decode(slice, default, body, layer);
        }
        if (bytes.IsEmpty)
        {
            return;
        }
        if (_passes || _isDone)
        {
            Pass(bytes, body, layer);
        }
        else
        {
            Decode(bytes, default, body, layer);
        }
    }

    /// <summary>No more bytes will come.</summary>
    public void End(HttpBody body, int layer)
    {
        _hasEnded = true;
        if (_awaitsHeader)
        {
            Decode(default, default, body, layer);
        }
    }

    public void Dispose()
    {
        _inflater.Dispose();
        _brotli.Dispose();
    }

    private void Pass(ReadOnlySpan<byte> bytes, HttpBody body, int layer)
    {
        // Behind the end of a compressed stream clients read nothing.
        if (_passes && !bytes.IsEmpty)
        {
            body.TakeDecoded(bytes, layer + 1);
        }
    }

    private void Decode(
        ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> beyondFirst, HttpBody body, int layer)
    {
        while (true)
        {
            if (_awaitsHeader)
            {
                BeginAttempt();
                bytes = _first.AsSpan(0, _firstLength);
                if (_awaitsHeader)
                {
                    return;
                }
            }
            int skipped = Math.Min(_toSkip, bytes.Length);
            _toSkip -= skipped;
            bytes = bytes[skipped..];
            if (TryDecode(ref bytes, body, layer))
            {
                return;
            }
            HasFailed = true;
            if (_hasOutput)
            {
                (_passes, _attemptCount) = (true, 0);
                Pass(bytes, body, layer);
                return;
            }
            bytes = _first.AsSpan(0, _firstLength);
            if (++_attempt >= _attemptCount)
            {
                _passes = true;
                Pass(bytes, body, layer);
                Pass(beyondFirst, body, layer);
                return;
            }
            BeginAttempt();
        }
    }

    /// <summary>False when the bytes are not of the format.</summary>
    private bool TryDecode(ref ReadOnlySpan<byte> bytes, HttpBody body, int layer)
    {
        while (true)
        {
            InflateOutcome outcome = Step(bytes, out int used, out int written);
            bytes = bytes[used..];
            if (written > 0)
            {
                _hasOutput = true;
                body.TakeDecoded(_output.AsSpan(0, written), layer + 1);
            }
            if (outcome != InflateOutcome.More)
            {
                _isDone = outcome == InflateOutcome.End;
                return _isDone;
            }
            bool isIdle = (used | written) == 0 || (bytes.IsEmpty && written < OutputBytes);
            if (isIdle || body.IsFull)
            {
                return true;
            }
        }
    }

    private InflateOutcome Step(ReadOnlySpan<byte> bytes, out int used, out int written)
    {
        if (_attempts[_attempt] != Attempt.Brotli)
        {
            return _inflater.Step(bytes, out used, _output, out written);
        }

        // What a broken stream held before its fault comes out only in steps of a byte.
        return _brotli.Decompress(bytes[..Math.Min(bytes.Length, 1)], _output, out used, out written) switch
        {
            OperationStatus.Done => InflateOutcome.End,
            OperationStatus.InvalidData => InflateOutcome.Broken,
            _ => InflateOutcome.More,
        };
    }

    private void BeginAttempt()
    {
        Attempt attempt = _attempts[_attempt];
        int header = attempt == Attempt.RawBehindGzipHeader
            ? GzipHeaderBytes(_first.AsSpan(0, _firstLength))
            : 0;
        _awaitsHeader = header < 0 && _firstLength < RetryBytesMax && !_hasEnded;
        _toSkip = Math.Max(header, 0);
        if (attempt == Attempt.Brotli)
        {
            _brotli.Dispose();
            _brotli = default;
        }
        else
        {
            _inflater.Begin(attempt == Attempt.Wrapped ? InflateFormat.Wrapped : InflateFormat.Raw);
        }
    }

    /// <summary>Length of a gzip header that zlib refuses, as clients are known to read it; 0 when it is
    /// none, -1 when it goes on behind the bytes.</summary>
    private static int GzipHeaderBytes(ReadOnlySpan<byte> bytes)
    {
        const int fixedBytes = 10;
        if (!bytes.StartsWith(GzipMagic[..Math.Min(bytes.Length, GzipMagic.Length)]))
        {
            return 0;
        }
        if (bytes.Length <= fixedBytes)
        {
            return -1;
        }
        byte flags = bytes[3];
        if ((flags & 0x18) != 0)
        {
            int end = bytes[fixedBytes..].IndexOf((byte)0);
            return end < 0 ? -1 : fixedBytes + end + 1;
        }
        return (flags & 2) != 0 ? fixedBytes + 2 : fixedBytes;
    }
}
