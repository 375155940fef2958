using Dataplane.Packets;

namespace Dataplane.Ports;

/// <summary>Reads a pcap or pcapng file frame by frame.</summary>
/// <remarks>
/// Our own instead of libpcap's, which refuses pcapng files whose interfaces differ in link type and gives
/// time in microseconds only. A file that ends inside a frame is read as far as it goes:
/// <see cref="IsTruncated"/>. Every length in the file is checked before it is used.
/// </remarks>
public abstract class CaptureReader : IDisposable
{
    private const int BufferBytes = 1 << 20;
    private readonly FileStream _file;
    private readonly byte[] _buffer = new byte[BufferBytes];
    private int _start;
    private int _end;

    protected CaptureReader(FileStream file) => _file = file;

    /// <summary>True once the end was found to be inside a frame or block.</summary>
    public bool IsTruncated { get; protected set; }

    /// <summary>Opens a capture; <see cref="CaptureException"/> says in one sentence what is wrong with
    /// it.</summary>
    public static CaptureReader Open(string path)
    {
        FileStream? file = null;
        try
        {
            file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            Span<byte> magic = stackalloc byte[4];
            int read = file.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false);
            file.Position = 0;
            if (read == magic.Length && PcapReader.Knows(magic))
            {
                return new PcapReader(file);
            }

            if (read == magic.Length && PcapngReader.Knows(magic))
            {
                return new PcapngReader(file);
            }

            file.Dispose();
            throw new CaptureException(
                $"{path} is not a capture: it begins neither like pcap nor like pcapng.");
        }
        catch (Exception error) when (error is UnauthorizedAccessException or IOException)
        {
            file?.Dispose();
            throw new CaptureException(
                $"The capture {path} cannot be read; name a pcap or pcapng file that you may read. "
                + $"({error.Message})");
        }
    }

    /// <summary>The next frame, valid until the next call; false at the end.</summary>
    public abstract bool TryRead(out ReadOnlySpan<byte> frame, out CapturedFrame facts);

    public void Dispose()
    {
        _file.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>The next bytes of the file, or false (and nothing taken) when fewer are left.</summary>
    protected bool TryTake(int count, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (count > BufferBytes)
        {
            return false;
        }

        if (_end - _start < count && !Fill(count))
        {
            return false;
        }

        bytes = _buffer.AsSpan(_start, count);
        _start += count;
        return true;
    }

    /// <summary>Passes over bytes; false when the file ends before.</summary>
    protected bool TrySkip(long count)
    {
        while (count > 0)
        {
            int step = (int)Math.Min(count, BufferBytes);
            if (!TryTake(step, out _))
            {
                return false;
            }

            count -= step;
        }

        return true;
    }

    /// <summary>True when nothing is left to take.</summary>
    protected bool AtEnd => _start == _end && !Fill(1);

    private bool Fill(int count)
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        _end -= _start;
        _start = 0;
        while (_end < count)
        {
            int read = _file.Read(_buffer, _end, BufferBytes - _end);
            if (read == 0)
            {
                return false;
            }

            _end += read;
        }

        return true;
    }
}

/// <summary>What a capture says of a frame besides its bytes.</summary>
/// <param name="TimestampNs">ns since 1970 UTC.</param>
/// <param name="WireLength">Bytes of the whole frame on the wire.</param>
/// <param name="LinkType">How the frame begins.</param>
public readonly record struct CapturedFrame(long TimestampNs, uint WireLength, LinkType LinkType);

/// <summary>A capture that cannot be used; the message names the file and the remedy.</summary>
public sealed class CaptureException(string message) : Exception(message);
