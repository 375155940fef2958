using Dataplane.Chains;
using Dataplane.Native.Memory;

namespace Dataplane.Notices;

/// <summary>One worker's way to the log files: a bounded ring that never makes the worker wait.</summary>
/// <remarks>
/// A record that finds the ring full is dropped and counted. Threads: Write by the worker, Drain by the
/// notice thread. Nothing is allocated after construction.
/// </remarks>
public sealed class LiveRecordSink : IRecordSink, IDisposable
{
    private const uint RingBytes = 4 * 1024 * 1024;
    private const uint OtherRingBytes = 1024 * 1024;
    private readonly RecordRing _ring;
    private LiveRecordSink[] _others = [];
    private ulong _shed;

    public LiveRecordSink(uint ringBytes = RingBytes)
    {
        _ring = new RecordRing(ringBytes);
    }

    /// <summary>Records that found the ring full.</summary>
    public ulong ShedCount =>
        Volatile.Read(ref _shed) + _others.Aggregate(0UL, (sum, other) => sum + other.ShedCount);

    public bool Write<T>(ChainFunction function, in T record, ReadOnlySpan<byte> tail)
        where T : unmanaged, IRecord
    {
        ReadOnlySpan<byte> bytes = Reinterpret.BytesOf(in record);
        tail = tail[..Math.Min(tail.Length, RecordFormatter.TailBytesMax)];
        var head = new Head
        {
            Target = LogTarget.For(function, T.Stream),
            Stream = T.Stream,
            RecordBytes = bytes.Length,
        };
        ReadOnlySpan<byte> headBytes = Reinterpret.BytesOf(in head);
        if (!_ring.TryBegin(headBytes.Length + bytes.Length + tail.Length, out Span<byte> space))
        {
            Volatile.Write(ref _shed, _shed + 1);
            return false;
        }
        headBytes.CopyTo(space);
        bytes.CopyTo(space[headBytes.Length..]);
        tail.CopyTo(space[(headBytes.Length + bytes.Length)..]);
        _ring.Commit();
        return true;
    }

    /// <summary>Formats up to <paramref name="most"/> records into the logs and answers how many.</summary>
    public int Drain(RecordLogs logs, int most, long nowUs)
    {
        int count = 0;
        while (count < most && _ring.TryPeek(out ReadOnlySpan<byte> bytes))
        {
            Head head = Reinterpret.Read<Head>(bytes);
            ReadOnlySpan<byte> rest = bytes[Reinterpret.BytesOf(in head).Length..];
            logs.Write(in head.Target, head.Stream, rest[..head.RecordBytes], rest[head.RecordBytes..],
                nowUs);
            _ring.Release();
            count++;
        }
        foreach (LiveRecordSink other in Volatile.Read(ref _others))
        {
            count += other.Drain(logs, most, nowUs);
        }
        return count;
    }

    /// <inheritdoc/>
    /// <remarks>Made when first asked for, by the worker; kept for the next NF of that number.</remarks>
    public IRecordSink ForOtherThread(int number)
    {
        while (_others.Length <= number)
        {
            Volatile.Write(ref _others, [.. _others, new LiveRecordSink(OtherRingBytes)]);
        }
        return _others[number];
    }

    public void Dispose()
    {
        _ring.Dispose();
        foreach (LiveRecordSink other in _others)
        {
            other.Dispose();
        }
    }

    private struct Head
    {
        public LogTarget Target;
        public int RecordBytes;
        public RecordStream Stream;
    }
}
