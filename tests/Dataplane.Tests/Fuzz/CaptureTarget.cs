using Dataplane.Ports;
using Testing;

namespace Dataplane.Tests.Fuzz;

/// <summary>Captures: pcap in both byte orders and pcapng.</summary>
internal sealed class CaptureTarget : FuzzTarget
{
    private const int FramesMax = 100_000;

    // In memory where there is such a folder: the file is written anew for each execution.
    private readonly string _path = Path.Combine(
        Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"fuzz-{Guid.NewGuid():N}.pcap");

    public override string Name => "capture reader";

    public override int Share => 1_000;

    public override int QuickCount => 150;

    public override IReadOnlyList<byte[]> Seeds { get; } = [Pcap(), Swapped(Pcap()), Pcapng()];

    public override IReadOnlyList<byte[]> Words { get; } =
    [
        [0x0A, 0x0D, 0x0D, 0x0A], [0x4D, 0x3C, 0xB2, 0xA1], [6, 0, 0, 0], [9, 0, 1, 0, 0x89],
        [0xFF, 0xFF, 0xFF, 0xFF],
    ];

    public override ulong Execute(ReadOnlySpan<byte> input)
    {
        File.WriteAllBytes(_path, input);
        try
        {
            using CaptureReader reader = CaptureReader.Open(_path);
            int frames = 0;
            while (reader.TryRead(out ReadOnlySpan<byte> frame, out _))
            {
                if (++frames > FramesMax || frame.Length > input.Length)
                {
                    throw new InvalidOperationException(
                        $"{input.Length} bytes gave frame {frames} of {frame.Length}.");
                }
            }

            return (ulong)Math.Min(frames, 8) + (reader.IsTruncated ? 16UL : 0);
        }
        catch (CaptureException fault)
        {
            return Outcome.Of(fault.Message.Replace(_path, "", StringComparison.Ordinal));
        }
    }

    public override void Dispose()
    {
        File.Delete(_path);
        base.Dispose();
    }

    private static byte[] Pcap() => PcapFile.Bytes(
        Enumerable.Range(0, 4).Select(i => new Frame(i * 1_000_000L, new byte[20 + (i * 13)])));

    // The header and the first record as a machine of the other byte order writes them.
    private static byte[] Swapped(byte[] file)
    {
        foreach ((int at, int bytes) in new[]
            { (0, 4), (4, 2), (6, 2), (16, 4), (20, 4), (24, 4), (28, 4), (32, 4), (36, 4) })
        {
            file.AsSpan(at, bytes).Reverse();
        }

        return file;
    }

    // A section, two interfaces (one in nanoseconds), an enhanced packet, a simple one, an unknown block.
    private static byte[] Pcapng() =>
    [
        .. Block(0x0A0D0D0A, [0x4D, 0x3C, 0x2B, 0x1A, 1, 0, 0, 0, .. Enumerable.Repeat((byte)0xFF, 8)]),
        .. Block(1, [1, 0, 0, 0, 0, 0, 4, 0]),
        .. Block(1, [113, 0, 0, 0, 0, 0, 0, 0, 9, 0, 1, 0, 9, 0, 0, 0, 0, 0, 0, 0]),
        .. Block(6, [1, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 6, 0, 0, 0, 9, 0, 0, 0, 1, 2, 3, 4, 5, 6, 0, 0]),
        .. Block(3, [4, 0, 0, 0, 1, 2, 3, 4]),
        .. Block(0xBAD, [1, 2, 3, 4]),
    ];

    private static byte[] Block(uint type, byte[] body)
    {
        byte[] length = BitConverter.GetBytes((uint)(body.Length + 12));
        return [.. BitConverter.GetBytes(type), .. length, .. body, .. length];
    }
}
