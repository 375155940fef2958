using Dataplane.Benchmarks.Traffic;
using Dataplane.Native.Memory;
using Dataplane.Native.Vectorscan;
using Dataplane.Packets;

namespace Dataplane.Benchmarks.Ids;

/// <summary>Vectorscan over payloads of a set without engine or events: g of the model.</summary>
public sealed class DirectScan : IDisposable
{
    /// <summary>Bytes before new ones in which the longest literal can begin.</summary>
    private const int SeamBytes = 63;

    private readonly TrafficSet _traffic;
    private readonly BenchPatterns _patterns;
    private readonly PatternScanner _scanner = new();
    private readonly PatternStreams _streams;
    private readonly uint[] _open;
    private readonly int[] _frames;
    private readonly byte[] _window = new byte[SeamBytes + ushort.MaxValue];
    private readonly byte[] _tails;
    private readonly byte[] _tailLengths;

    /// <summary>Scans the payloads of frames that <paramref name="isScanned"/> picks.</summary>
    public DirectScan(TrafficSet traffic, BenchPatterns patterns, Predicate<TrafficFrame> isScanned)
    {
        (_traffic, _patterns) = (traffic, patterns);
        _scanner.Prepare(patterns.Block);
        _scanner.Prepare(patterns.Streaming);
        _streams = new PatternStreams(patterns.Streaming, (uint)traffic.Truth.Options.Flows);
        _open = new uint[traffic.Truth.Options.Flows];
        _tails = new byte[_open.Length * SeamBytes];
        _tailLengths = new byte[_open.Length];
        _frames =
        [
            .. Enumerable.Range(0, traffic.Frames.Count).Where(i =>
                traffic.Frames[i].IsTcp && traffic.Frames[i].PayloadLength > 0
                && isScanned(traffic.Frames[i])),
        ];
    }

    /// <summary>Payload by payload; answers how many.</summary>
    public long Packets()
    {
        for (int i = 0; i < _frames.Length; i++)
        {
            Prefetch(i);
            _ = _scanner.Scan(_patterns.Block, PayloadOf(_frames[i]).Span);
        }

        return _frames.Length;
    }

    /// <summary>Each payload behind the last bytes of the one before, so that a literal over both is
    /// found.</summary>
    public long Windows()
    {
        MatchCount = 0;
        Array.Clear(_tailLengths);
        for (int i = 0; i < _frames.Length; i++)
        {
            Prefetch(i);
            int flow = _traffic.Frames[_frames[i]].Flow;
            ReadOnlySpan<byte> payload = PayloadOf(_frames[i]).Span;
            Span<byte> tail = _tails.AsSpan(flow * SeamBytes, SeamBytes);
            int before = _tailLengths[flow];
            tail[..before].CopyTo(_window);
            payload.CopyTo(_window.AsSpan(before));
            ReadOnlySpan<byte> window = _window.AsSpan(0, before + payload.Length);
            _ = _scanner.Scan(_patterns.Block, window);
            MatchCount += _scanner.Matches.Length;
            int kept = Math.Min(window.Length, SeamBytes);
            window[^kept..].CopyTo(tail);
            _tailLengths[flow] = (byte)kept;
        }

        return _frames.Length;
    }

    /// <summary>Literals that the last run found; windows find one again in what they share.</summary>
    public long MatchCount { get; private set; }

    /// <summary>As streams, one a flow; answers how many pieces.</summary>
    public long Streams()
    {
        MatchCount = 0;
        for (int i = 0; i < _frames.Length; i++)
        {
            Prefetch(i);
            int flow = _traffic.Frames[_frames[i]].Flow;
            if (_open[flow] == 0)
            {
                _ = _streams.TryOpen(out uint opened);
                _open[flow] = opened + 1;
            }

            _ = _scanner.Scan(_streams, _open[flow] - 1, PayloadOf(_frames[i]).Span);
            MatchCount += _scanner.Matches.Length;
        }

        for (int flow = 0; flow < _open.Length; flow++)
        {
            if (_open[flow] != 0)
            {
                _streams.Close(_open[flow] - 1);
                _open[flow] = 0;
            }
        }

        return _frames.Length;
    }

    public void Dispose()
    {
        _streams.Dispose();
        _scanner.Dispose();
    }

    /// <summary>At the beginning of a burst: asks for its frames, as a worker does.</summary>
    private void Prefetch(int index)
    {
        if (index % PacketBurst.CapacityMax != 0)
        {
            return;
        }

        int end = Math.Min(_frames.Length, index + PacketBurst.CapacityMax);
        for (int i = index; i < end; i++)
        {
            _traffic.Store.Frames[_frames[i]].Prefetch();
        }
    }

    private PacketBytes PayloadOf(int frame) =>
        _traffic.Store.Frames[frame].Slice(_traffic.Frames[frame].PayloadOffset);
}
