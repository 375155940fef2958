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
    public static TcpOptions Read(ref readonly Packet packet)
    {
        int start = packet.L4Offset + TcpSegment.HeaderBytesMin;
        int end = Math.Min(packet.PayloadOffset, packet.Frame.Length);
        return end > start ? Read(packet.Frame.Slice(start, end - start)) : default;
    }

    /// <summary>Reads an option list: the bytes between the fixed header and the payload.</summary>
    public static TcpOptions Read(PacketBytes list)
    {
        TcpOptions options = default;
        int at = 0;
        while (at < list.Length && list[at] != KindEnd)
        {
            if (list[at] == KindPad)
            {
                at++;
                continue;
            }
            int length = at + 1 < list.Length ? list[at + 1] : 0;
            if (length < 2 || at + length > list.Length)
            {
                options.IsMalformed = true;
                break;
            }
            options.Take(list.Slice(at, length));
            at += length;
        }
        return options;
    }

    private void Take(PacketBytes option)
    {
        switch (option[0])
        {
            case KindMss when option.Length == 4:
                MaximumSegment = option.ReadUInt16(2);
                Present |= TcpOptionBits.MaximumSegment;
                break;
            case KindWindowScale when option.Length == 3:
                WindowShift = Math.Min(option[2], WindowShiftMax);
                Present |= TcpOptionBits.WindowScale;
                break;
            case KindSackPermitted when option.Length == 2:
                Present |= TcpOptionBits.SackPermitted;
                break;
            case KindSack when option.Length >= 10 && (option.Length - 2) % 8 == 0:
                SackCount = (byte)((option.Length - 2) / 8);
                FirstSackEdge = option.ReadUInt32(2);
                Present |= TcpOptionBits.Sack;
                break;
            case KindTimestamps when option.Length == 10:
                TimestampValue = option.ReadUInt32(2);
                TimestampEcho = option.ReadUInt32(6);
                Present |= TcpOptionBits.Timestamps;
                break;
            case KindFastOpen:
            case KindExperiment when option.Length >= 4 && option.ReadUInt16(2) == FastOpenExperiment:
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
