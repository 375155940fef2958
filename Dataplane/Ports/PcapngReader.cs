using System.Buffers.Binary;
using Dataplane.Packets;

namespace Dataplane.Ports;

/// <summary>The pcapng format (IETF draft opsawg-pcapng): sections of either byte order,
/// interfaces of any kind.</summary>
public sealed class PcapngReader(FileStream file) : CaptureReader(file)
{
    private const uint SectionBlock = 0x0A0D_0D0A;
    private const uint InterfaceBlock = 1;
    private const uint OldPacketBlock = 2;
    private const uint SimplePacketBlock = 3;
    private const uint EnhancedPacketBlock = 6;
    private const uint ByteOrderMagic = 0x1A2B_3C4D;
    private const int BlockOverheadBytes = 12;

    /// <summary>A block that could hold the largest frame and its options;
    /// longer ones are passed over.</summary>
    private const int BlockBytesMax = CaptureStore.FrameBytesMax + 65_536;
    private const int InterfaceMax = 4096;
    private const ushort OptionTimeResolution = 9;
    private const ushort OptionTimeOffset = 14;

    private readonly List<Interface> _interfaces = [];
    private bool _isBigEndian;
    private long _lastTimeNs;

    /// <summary>True when a file that begins with these four bytes has this format.</summary>
    public static bool Knows(ReadOnlySpan<byte> magic) =>
        BinaryPrimitives.ReadUInt32LittleEndian(magic) == SectionBlock;

    public override bool TryRead(out ReadOnlySpan<byte> frame, out CapturedFrame facts)
    {
        frame = default;
        facts = default;
        while (!IsTruncated && !AtEnd)
        {
            if (!TryTakeBlock(out uint type, out ReadOnlySpan<byte> body))
            {
                IsTruncated = true;
                return false;
            }

            if (type == InterfaceBlock)
            {
                AddInterface(body);
            }
            else if (TryReadPacket(type, body, out frame, out facts))
            {
                return true;
            }
        }

        return false;
    }

    private bool TryTakeBlock(out uint type, out ReadOnlySpan<byte> body)
    {
        type = 0;
        body = default;
        if (!TryTake(8, out ReadOnlySpan<byte> head))
        {
            return false;
        }

        Span<byte> copy = stackalloc byte[8];
        head.CopyTo(copy);
        int taken = 8;
        if (BinaryPrimitives.ReadUInt32LittleEndian(copy) == SectionBlock)
        {
            // The byte order of the length is known only from the magic behind it.
            if (!TryTake(4, out ReadOnlySpan<byte> magic))
            {
                return false;
            }

            _isBigEndian = BinaryPrimitives.ReadUInt32BigEndian(magic) == ByteOrderMagic;
            _interfaces.Clear();
            taken = 12;
        }

        type = UInt32(copy);
        long length = UInt32(copy[4..]);
        if (length < BlockOverheadBytes || length < taken + 4)
        {
            return false;
        }

        if (length > BlockBytesMax || taken == 12)
        {
            type = SectionBlock;
            return TrySkip(length - taken);
        }

        if (!TryTake((int)length - taken, out ReadOnlySpan<byte> rest))
        {
            return false;
        }

        body = rest[..^4];
        return true;
    }

    private void AddInterface(ReadOnlySpan<byte> body)
    {
        if (body.Length < 8 || _interfaces.Count == InterfaceMax)
        {
            return;
        }

        ushort linkType = UInt16(body);
        uint snapLength = UInt32(body[4..]);
        long unitsPerSecond = 1_000_000;
        long offsetSeconds = 0;
        for (ReadOnlySpan<byte> options = body[8..]; options.Length >= 4;)
        {
            ushort code = UInt16(options);
            int length = UInt16(options[2..]);
            int padded = 4 + ((length + 3) & ~3);
            if (code == 0 || padded > options.Length)
            {
                break;
            }

            if (code == OptionTimeResolution && length == 1)
            {
                unitsPerSecond = Resolution(options[4]);
            }
            else if (code == OptionTimeOffset && length == 8)
            {
                offsetSeconds = (long)UInt64(options[4..]);
            }

            options = options[padded..];
        }

        _interfaces.Add(new Interface((LinkType)linkType, snapLength, unitsPerSecond, offsetSeconds));
    }

    // Highest bit: power of two, else of ten; beyond what 64 bits hold, microseconds are assumed.
    private static long Resolution(byte code)
    {
        int exponent = code & 0x7F;
        if ((code & 0x80) != 0)
        {
            return exponent <= 62 ? 1L << exponent : 1_000_000;
        }

        return exponent <= 18 ? (long)Math.Pow(10, exponent) : 1_000_000;
    }

    private bool TryReadPacket(
        uint type, ReadOnlySpan<byte> body, out ReadOnlySpan<byte> frame, out CapturedFrame facts)
    {
        frame = default;
        facts = default;
        if (type == SimplePacketBlock)
        {
            return TryReadSimple(body, out frame, out facts);
        }

        if (type is not (EnhancedPacketBlock or OldPacketBlock) || body.Length < 20)
        {
            return false;
        }

        uint number = type == EnhancedPacketBlock ? UInt32(body) : UInt16(body);
        uint captured = UInt32(body[12..]);
        uint wire = UInt32(body[16..]);
        if (number >= _interfaces.Count || captured > body.Length - 20)
        {
            return false;
        }

        Interface source = _interfaces[(int)number];
        ulong units = ((ulong)UInt32(body[4..]) << 32) | UInt32(body[8..]);
        _lastTimeNs = source.ToNs(units);
        frame = body.Slice(20, (int)captured);
        facts = new CapturedFrame(_lastTimeNs, Math.Max(wire, captured), source.LinkType);
        return true;
    }

    // A simple packet has no time of its own: it keeps the one before.
    private bool TryReadSimple(ReadOnlySpan<byte> body, out ReadOnlySpan<byte> frame, out CapturedFrame facts)
    {
        frame = default;
        facts = default;
        if (body.Length < 4 || _interfaces.Count == 0)
        {
            return false;
        }

        Interface source = _interfaces[0];
        uint wire = UInt32(body);
        uint limit = source.SnapLength == 0 ? uint.MaxValue : source.SnapLength;
        int captured = (int)Math.Min(Math.Min(wire, limit), (uint)(body.Length - 4));
        frame = body.Slice(4, captured);
        facts = new CapturedFrame(_lastTimeNs, Math.Max(wire, (uint)captured), source.LinkType);
        return true;
    }

    private ushort UInt16(ReadOnlySpan<byte> bytes) => _isBigEndian
        ? BinaryPrimitives.ReadUInt16BigEndian(bytes)
        : BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    private uint UInt32(ReadOnlySpan<byte> bytes) => _isBigEndian
        ? BinaryPrimitives.ReadUInt32BigEndian(bytes)
        : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    private ulong UInt64(ReadOnlySpan<byte> bytes) => _isBigEndian
        ? BinaryPrimitives.ReadUInt64BigEndian(bytes)
        : BinaryPrimitives.ReadUInt64LittleEndian(bytes);

    private readonly record struct Interface(
        LinkType LinkType, uint SnapLength, long UnitsPerSecond, long OffsetSeconds)
    {
        public long ToNs(ulong units)
        {
            ulong seconds = units / (ulong)UnitsPerSecond;
            UInt128 rest = (UInt128)(units % (ulong)UnitsPerSecond) * 1_000_000_000 / (ulong)UnitsPerSecond;
            return unchecked((((long)seconds + OffsetSeconds) * 1_000_000_000) + (long)rest);
        }
    }
}
