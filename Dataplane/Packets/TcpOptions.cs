using Dataplane.Native.Memory;

namespace Dataplane.Packets;

/// <summary>What the options of a TCP header say (RFC 9293 3.1, RFC 7323, RFC 2018, RFC 7413).</summary>
/// <remarks>A malformed list is read up to its fault; <see cref="IsMalformed"/> tells.</remarks>
public struct TcpOptions
{
    private const byte KindEnd = 0, KindPad = 1, KindMss = 2, KindWindowScale = 3, KindSackPermitted = 4,
        KindSack = 5, KindTimestamps = 8, KindMd5 = 19, KindAo = 29, KindFastOpen = 34,
        KindExperiment = 254;

    /// <summary>Fast Open's identifier among experimental options (RFC 6994), as before RFC 7413.</summary>
    private const ushort FastOpenExperiment = 0xF989;

    /// <summary>RFC 7323, 2.3: larger shifts are taken as 14.</summary>
    public const byte WindowShiftMax = 14;

    /// <summary>Which options are there.</summary>
    public TcpOptionBits Present;

    /// <summary>Maximum segment size, 0 when absent.</summary>
    public ushort MaximumSegment;

    /// <summary>Window shift, 0 to 14.</summary>
    public byte WindowShift;

    /// <summary>How many SACK blocks.</summary>
    public byte SackCount;

    /// <summary>Left edge of the first SACK block.</summary>
    public uint FirstSackEdge;

    public uint TimestampValue;
    public uint TimestampEcho;

    /// <summary>True when a length did not fit.</summary>
    public bool IsMalformed;

    /// <summary>Reads the options of a TCP packet; all zero when it has none.</summary>
    /// <remarks>They are read where they will be used: a copy of what was just written in pieces
    /// stalls.</remarks>
    public static void Read(ref readonly Packet packet, out TcpOptions options)
    {
        options = default;
        int start = packet.L4Offset + TcpSegment.HeaderBytesMin;
        int end = Math.Min(packet.PayloadOffset, packet.Frame.Length);
        if (end > start)
        {
            options.Take(packet.Frame, start, end);
        }
    }

    /// <summary>As above, for those who need them once.</summary>
    public static TcpOptions Read(ref readonly Packet packet)
    {
        Read(in packet, out TcpOptions options);
        return options;
    }

    /// <summary>Reads an option list: the bytes between the fixed header and the payload.</summary>
    public static TcpOptions Read(PacketBytes list)
    {
        TcpOptions options = default;
        options.Take(list, 0, list.Length);
        return options;
    }

    private void Take(PacketBytes bytes, int start, int end)
    {
        int at = start;
        while (at < end)
        {
            byte kind = bytes[at];
            if (kind == KindEnd)
            {
                return;
            }
            if (kind == KindPad)
            {
                at++;
                continue;
            }
            int length = at + 1 < end ? bytes[at + 1] : 0;
            if (length < 2 || at + length > end)
            {
                IsMalformed = true;
                return;
            }
            TakeOne(kind, bytes, at, length);
            at += length;
        }
    }

    private void TakeOne(byte kind, PacketBytes bytes, int at, int length)
    {
        switch (kind)
        {
            case KindMss when length == 4:
                MaximumSegment = bytes.ReadUInt16(at + 2);
                Present |= TcpOptionBits.MaximumSegment;
                break;
            case KindWindowScale when length == 3:
                WindowShift = Math.Min(bytes[at + 2], WindowShiftMax);
                Present |= TcpOptionBits.WindowScale;
                break;
            case KindSackPermitted when length == 2:
                Present |= TcpOptionBits.SackPermitted;
                break;
            case KindSack when length >= 10 && (length - 2) % 8 == 0:
                SackCount = (byte)((length - 2) / 8);
                FirstSackEdge = bytes.ReadUInt32(at + 2);
                Present |= TcpOptionBits.Sack;
                break;
            case KindTimestamps when length == 10:
                TimestampValue = bytes.ReadUInt32(at + 2);
                TimestampEcho = bytes.ReadUInt32(at + 6);
                Present |= TcpOptionBits.Timestamps;
                break;
            case KindFastOpen:
            case KindExperiment when length >= 4 && bytes.ReadUInt16(at + 2) == FastOpenExperiment:
                Present |= TcpOptionBits.FastOpen;
                break;
            case KindMd5 or KindAo:
                Present |= TcpOptionBits.Signature;
                break;
            default:
                Present |= TcpOptionBits.Other;
                break;
        }
    }
}

/// <summary>Options present in a header, as in the <c>OptionBits</c> of PKT/TCP.</summary>
[Flags]
public enum TcpOptionBits : byte
{
    None = 0,
    MaximumSegment = 1,
    WindowScale = 2,
    Timestamps = 4,
    Sack = 8,
    SackPermitted = 16,
    FastOpen = 32,

    /// <summary>MD5 (RFC 2385) or AO (RFC 5925).</summary>
    Signature = 64,
    Other = 128,
}
