using System.Buffers.Binary;
using CsCheck;
using Dataplane.Packets;
using Dataplane.Ports;
using Testing;
using Xunit;

namespace Dataplane.Tests.Ports;

public sealed class CaptureReaderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("captures").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Reads_frames_lengths_and_nanoseconds_in_both_byte_orders()
    {
        byte[] little = Pcap(0xA1B2_3C4D, isBigEndian: false);
        byte[] big = Pcap(0xA1B2_3C4D, isBigEndian: true);

        foreach (byte[] file in new[] { little, big })
        {
            (byte[] Frame, CapturedFrame Facts) one = Assert.Single(ReadAll(file, out bool isTruncated));
            Assert.False(isTruncated);
            Assert.Equal([1, 2, 3], one.Frame);
            Assert.Equal(new CapturedFrame(7_000_000_009, 60, LinkType.Ethernet), one.Facts);
        }
    }

    [Fact]
    public void Reads_a_file_that_ends_inside_a_frame_as_far_as_it_goes()
    {
        byte[] whole = [.. Pcap(0xA1B2_C3D4, isBigEndian: false), .. Pcap(0xA1B2_C3D4, false)[24..]];

        Assert.Equal(2, ReadAll(whole, out _).Count);
        Assert.Single(ReadAll(whole[..^1], out bool isTruncated));
        Assert.True(isTruncated);
    }

    [Fact]
    public void Reads_pcapng_whose_interfaces_differ_in_link_type_and_resolution()
    {
        byte[] file =
        [
            .. Block(0x0A0D_0D0A,
                [.. UInt32(0x1A2B_3C4D), 1, 0, 0, 0, .. new byte[8].Select(_ => (byte)0xFF)]),
            .. Block(1, [1, 0, 0, 0, .. UInt32(0)]),
            .. Block(1, [113, 0, 0, 0, .. UInt32(0), 9, 0, 1, 0, 9, 0, 0, 0, 0, 0, 0, 0]),
            .. Block(6, [.. UInt32(0), .. UInt32(0), .. UInt32(5), .. UInt32(3), .. UInt32(3), 1, 2, 3, 0]),
            .. Block(6, [.. UInt32(1), .. UInt32(0), .. UInt32(5), .. UInt32(1), .. UInt32(99), 9, 0, 0, 0]),
        ];

        List<(byte[] Frame, CapturedFrame Facts)> read = ReadAll(file, out bool isTruncated);
        Assert.False(isTruncated);
        Assert.Equal(
            [new CapturedFrame(5000, 3, LinkType.Ethernet), new CapturedFrame(5, 99, LinkType.LinuxSll)],
            read.Select(r => r.Facts));
    }

    [Fact]
    public void Says_in_a_sentence_what_cannot_be_read()
    {
        string text = Path.Combine(_folder, "notes.txt");
        File.WriteAllText(text, "not a capture");

        Assert.Contains(
            "begins neither like pcap",
            Assert.Throws<CaptureException>(() => CaptureReader.Open(text)).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "gone.pcap", Assert.Throws<CaptureException>(() => CaptureReader.Open("gone.pcap")).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Survives_any_bytes_behind_a_right_beginning()
    {
        byte[][] seeds =
            [Pcap(0xA1B2_C3D4, false), Block(0x0A0D_0D0A, [.. UInt32(0x1A2B_3C4D), .. new byte[12]])];
        Gen.Select(Gen.Int[0, 1], Gen.Byte.Array[0, 200], Gen.Int[4, 40]).Sample(
            (seed, noise, keep) =>
            {
                byte[] file = [.. seeds[seed].Take(keep), .. noise];
                return ReadAll(file, out _).Count <= file.Length;
            },
            iter: 2_000,
            threads: 1);
    }

    private List<(byte[] Frame, CapturedFrame Facts)> ReadAll(byte[] file, out bool isTruncated)
    {
        string path = Path.Combine(_folder, "capture");
        File.WriteAllBytes(path, file);
        using CaptureReader reader = CaptureReader.Open(path);
        var frames = new List<(byte[], CapturedFrame)>();
        while (reader.TryRead(out ReadOnlySpan<byte> frame, out CapturedFrame facts))
        {
            frames.Add((frame.ToArray(), facts));
        }

        isTruncated = reader.IsTruncated;
        return frames;
    }

    private static byte[] Pcap(uint magic, bool isBigEndian)
    {
        uint[] words = [magic, 0x0004_0002, 0, 0, 65535, 1, 7, 9, 3, 60];
        var bytes = new List<byte>();
        foreach (uint word in words)
        {
            byte[] four = UInt32(word);
            bytes.AddRange(isBigEndian ? four.Reverse() : four);
        }

        return [.. bytes, 1, 2, 3];
    }

    private static byte[] Block(uint type, byte[] body)
    {
        byte[] length = UInt32((uint)body.Length + 12);
        return [.. UInt32(type), .. length, .. body, .. length];
    }

    private static byte[] UInt32(uint value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return bytes;
    }
}
