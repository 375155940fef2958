using System.Buffers.Binary;
using Dataplane.Events;
using Dataplane.Packets;
using Dataplane.Stacks.TcpMonitor;
using Dataplane.Tests.Stacks.TcpMonitor;
using Testing;

namespace Dataplane.Tests.Fuzz;

/// <summary>Segments of one known stream in any order, with overlaps, repeats and holes: four bytes of input
/// for each. What is announced must be what a byte array says.</summary>
internal sealed class ReassemblyTarget : FuzzTarget
{
    private const int StreamBytes = 4_096;
    private const int SegmentsMax = 24;
    private const int BytesOfSegment = 4;

    private static readonly byte[] Stream =
        [.. Enumerable.Range(0, StreamBytes).Select(i => (byte)((i * 31) ^ (i >> 8)))];

    private const int SegmentBytesMax = 1_400;
    private const int Ipv4At = 14, Ipv4LengthAt = 16, SequenceAt = 38, AcknowledgmentAt = 42;

    private static readonly StreamSettings Settings = new()
    {
        StreamMax = 4, SlabBytesMax = 256 * 1024, RunMax = 256, HeldBytesMax = 128 * 1024,
    };

    // Frames to be filled: addresses, ports and flags are right.
    private readonly byte[] _syn, _accept, _segment;
    private readonly int _headBytes;
    private readonly StackBench _bench = new(settings: Settings);
    private long _timeNs;

    public ReassemblyTarget()
    {
        IReadOnlyList<Frame> frames = TcpScript.Between("10.0.0.1:4000", "10.0.0.2:80").WithSequences(0, 77)
            .Syn().SynAck().ClientSegment(0, new byte[SegmentBytesMax]).Frames;
        (_syn, _accept, _segment) = (frames[0].Bytes, frames[1].Bytes, frames[2].Bytes);
        _headBytes = _segment.Length - SegmentBytesMax;
    }

    public override string Name => "reassembly";

    public override int Share => 70_000;

    public override int QuickCount => 1_000;

    public override int LengthMax => BytesOfSegment * SegmentsMax;

    public override IReadOnlyList<byte[]> Seeds { get; } =
    [
        [0, 0, 0, 100, 0, 100, 0, 100, 0, 200, 0, 50],
        [0, 100, 0, 100, 0, 0, 0, 100, 0, 50, 0, 255, 2, 0, 1, 0],
        [3, 0, 1, 0, 2, 0, 1, 0, 1, 0, 1, 0, 0, 0, 1, 0, 0, 0, 3, 255],
    ];

    public override ulong Execute(ReadOnlySpan<byte> input)
    {
        Span<bool> have = stackalloc bool[StreamBytes];
        uint first = input.Length % 3 == 0 ? uint.MaxValue - 500 : 1_000;
        _bench.Begin();
        _timeNs = 1;
        Feed(_syn, first, 0);
        Feed(_accept, 0, 0, acknowledged: first + 1);
        for (; input.Length >= BytesOfSegment; input = input[BytesOfSegment..])
        {
            int from = ((input[0] << 8) | input[1]) % StreamBytes;
            int bytes = Math.Min(1 + (((input[2] << 8) | input[3]) % SegmentBytesMax), StreamBytes - from);
            Stream.AsSpan(from, bytes).CopyTo(_segment.AsSpan(_headBytes));
            Feed(_segment.AsSpan(0, _headBytes + bytes), first + 1 + (uint)from, bytes);
            have.Slice(from, bytes).Fill(true);
        }

        _bench.End();
        return Check(have);
    }

    public override void Dispose()
    {
        _bench.Dispose();
        base.Dispose();
    }

    // The frame with its own length, sequence and acknowledgment.
    private void Feed(Span<byte> frame, uint sequence, int payload, uint? acknowledged = null)
    {
        BinaryPrimitives.WriteUInt16BigEndian(frame[Ipv4LengthAt..], (ushort)(frame.Length - Ipv4At));
        if (acknowledged is uint number)
        {
            BinaryPrimitives.WriteUInt32BigEndian(frame[AcknowledgmentAt..], number);
        }
        else
        {
            BinaryPrimitives.WriteUInt32BigEndian(frame[SequenceAt..], sequence);
        }
        _ = _bench.Feed(frame, _timeNs += 100_000 + payload);
    }

    private ulong Check(ReadOnlySpan<bool> have)
    {
        ulong gaps = 0, runs = 0;
        int next = 0;
        foreach (SeenEvent e in _bench.Seen)
        {
            if (e.Record.Sender != Side.Client || !EventTree.IsA(e.Record.TypeId, EventType<DataReady>.Id))
            {
                continue;
            }
            DataReady data = e.Body<DataReady>();
            bool isGap = EventTree.IsA(e.Record.TypeId, EventType<DataGap>.Id);
            Require(data.Offset == (ulong)next, $"offset {data.Offset}, not {next}");
            ReadOnlySpan<bool> sent = have.Slice(next, (int)data.Length);
            Require(sent.IndexOf(isGap) < 0, $"from {next} on bytes are {(isGap ? "lost" : "made up")}");
            Require(isGap || e.Bytes.AsSpan().SequenceEqual(Stream.AsSpan(next, (int)data.Length)),
                $"from {next} on bytes are wrong");
            gaps += isGap ? 1UL : 0;
            runs++;
            next += (int)data.Length;
        }
        Require(next == have.LastIndexOf(true) + 1, $"{next} bytes were announced");
        Require(_bench.Stack.Streams.HeldSlabBytes == 0, "bytes are still held");
        return (gaps << 8) + runs;
    }

    private static void Require(bool holds, string what)
    {
        if (!holds)
        {
            throw new InvalidOperationException(what);
        }
    }
}
