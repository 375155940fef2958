using System.Buffers.Binary;
using Dataplane.Packets;

namespace Dataplane.Ports;

/// <summary>The classic capture format, both byte orders,
/// micro- and nanoseconds (IETF draft opsawg-pcap).</summary>
public sealed class PcapReader : CaptureReader
{
    private const uint MagicMicroseconds = 0xA1B2_C3D4;
    private const uint MagicNanoseconds = 0xA1B2_3C4D;

    /// <summary>Written by old patched tools: 8 more bytes in each frame's header.</summary>
    private const uint MagicModified = 0xA1B2_CD34;
    private const int FileHeaderBytes = 24;
    private const int FrameHeaderBytes = 16;

    private readonly bool _isBigEndian;
    private readonly long _nsPerUnit;
    private readonly int _headerBytes;
    private readonly LinkType _linkType;

    /// <summary>Reads the file's header; the magic number is known already.</summary>
    public PcapReader(FileStream file)
        : base(file)
    {
        if (!TryTake(FileHeaderBytes, out ReadOnlySpan<byte> header))
        {
            IsTruncated = true;
            return;
        }

        _isBigEndian = BinaryPrimitives.ReadUInt32BigEndian(header) is
            MagicMicroseconds or MagicNanoseconds or MagicModified;
        uint magic = UInt32(header);
        _nsPerUnit = magic == MagicNanoseconds ? 1 : 1000;
        _headerBytes = FrameHeaderBytes + (magic == MagicModified ? 8 : 0);

        // The upper bits say whether frames carry a check sequence.
        _linkType = (LinkType)(UInt32(header[20..]) & 0xFFFF);
    }

    /// <summary>True when a file that begins with these four bytes has this format.</summary>
    public static bool Knows(ReadOnlySpan<byte> magic) =>
        IsMagic(BinaryPrimitives.ReadUInt32BigEndian(magic))
        || IsMagic(BinaryPrimitives.ReadUInt32LittleEndian(magic));

    public override bool TryRead(out ReadOnlySpan<byte> frame, out CapturedFrame facts)
    {
        frame = default;
        facts = default;
        if (IsTruncated || AtEnd)
        {
            return false;
        }

        if (!TryTake(_headerBytes, out ReadOnlySpan<byte> header))
        {
            IsTruncated = true;
            return false;
        }

        long time = (UInt32(header) * 1_000_000_000L) + (UInt32(header[4..]) * _nsPerUnit);
        uint captured = UInt32(header[8..]);
        uint wire = UInt32(header[12..]);
        if (captured > CaptureStore.FrameBytesMax || !TryTake((int)captured, out frame))
        {
            IsTruncated = true;
            return false;
        }

        facts = new CapturedFrame(time, Math.Max(wire, captured), _linkType);
        return true;
    }

    private static bool IsMagic(uint value) =>
        value is MagicMicroseconds or MagicNanoseconds or MagicModified;

    private uint UInt32(ReadOnlySpan<byte> bytes) => _isBigEndian
        ? BinaryPrimitives.ReadUInt32BigEndian(bytes)
        : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
}
