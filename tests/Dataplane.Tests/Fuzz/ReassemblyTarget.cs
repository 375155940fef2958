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

    private static readonly StreamSettings Settings = new()
    {
        StreamMax = 4, SlabBytesMax = 256 * 1024, RunMax = 256, HeldBytesMax = 128 * 1024,
    };

    public override string Name => "reassembly";

    public override int Share => 6_000;

    public override int QuickCount => 100;

    public override int LengthMax => BytesOfSegment * SegmentsMax;

    public override IReadOnlyList<byte[]> Seeds { get; } =
    [
        [0, 0, 0, 100, 0, 100, 0, 100, 0, 200, 0, 50],
        [0, 100, 0, 100, 0, 0, 0, 100, 0, 50, 0, 255, 2, 0, 1, 0],
        [3, 0, 1, 0, 2, 0, 1, 0, 1, 0, 1, 0, 0, 0, 1, 0, 0, 0, 3, 255],
    ];

    public override ulong Execute(ReadOnlySpan<byte> input)
    {
        bool[] have = new bool[StreamBytes];
        uint first = input.Length % 3 == 0 ? uint.MaxValue - 500 : 1_000;
        TcpScript script = TcpScript.Between("10.0.0.1:4000", "10.0.0.2:80")
            .WithSequences(first, 77).Handshake();
        for (; input.Length >= BytesOfSegment; input = input[BytesOfSegment..])
        {
            int from = ((input[0] << 8) | input[1]) % StreamBytes;
            int bytes = Math.Min(1 + (((input[2] << 8) | input[3]) % 1_400), StreamBytes - from);
            script.ClientSegment(from, Stream[from..(from + bytes)]);
            Array.Fill(have, true, from, bytes);
        }

        using StackBench bench = new(settings: Settings);
        bench.Play(script);
        bench.End();
        return Check(bench, have);
    }

    private static ulong Check(StackBench bench, bool[] have)
    {
        ulong next = 0;
        ulong gaps = 0;
        foreach (SeenEvent e in bench.Of<DataReady>().Where(e => e.Record.Sender == Side.Client))
        {
            DataReady data = e.Body<DataReady>();
            bool isGap = EventTree.IsA(e.Record.TypeId, EventType<DataGap>.Id);
            Require(data.Offset == next, $"offset {data.Offset}, not {next}");
            for (uint i = 0; i < data.Length; i++)
            {
                int at = (int)(next + i);
                Require(have[at] || isGap, $"byte {at} was never sent");
                Require(!have[at] || !isGap, $"byte {at} is a gap, but was sent");
                Require(isGap || e.Bytes[i] == Stream[at], $"byte {at} is wrong");
            }

            gaps += isGap ? 1UL : 0;
            next += data.Length;
        }

        int last = Array.LastIndexOf(have, true);
        Require(next == (ulong)(last + 1), $"{next} of {last + 1} bytes were announced");
        Require(bench.Stack.Streams.HeldSlabBytes == 0, "bytes are still held");
        return (gaps << 8) + (uint)bench.Of<DataReady>().Count();
    }

    private static void Require(bool holds, string what)
    {
        if (!holds)
        {
            throw new InvalidOperationException(what);
        }
    }
}
