using Dataplane.Events;
using Dataplane.Flows;
using Dataplane.Native.Memory;
using Dataplane.Packets;

namespace Dataplane.Stacks.TcpMonitor;

/// <content>PKT/TCP: what a segment is, once for each half and subscriber.</content>
public sealed partial class TcpMonitorStack
{
    private const int TimestampsOnlyBytes = 12;
    private const uint PaddedTimestamps = 0x0101_080A;
    private const byte DsackBit = 1;

    /// <summary>What a half makes of a segment, in the order in which it is named.</summary>
    private static readonly (TcpFindings Finding, ushort Type)[] MadeOf =
    [
        (TcpFindings.KeepAlive, EventType<KeepAlivePacket>.Id),
        (TcpFindings.ZeroWindowProbe, EventType<ZeroWindowProbePacket>.Id),
        (TcpFindings.ZeroWindow, EventType<ZeroWindowPacket>.Id),
        (TcpFindings.WindowUpdate, EventType<WindowUpdatePacket>.Id),
        (TcpFindings.DuplicateAck, EventType<DuplicateAckPacket>.Id),
    ];

    /// <summary>The kinds of PKT/TCP/OPT in the order of the bits of <see cref="TcpOptionBits"/>.</summary>
    private static readonly ushort[] OptionTypes =
        [.. Enumerable.Range(0, 8).Select(EventKinds<OptionPacket>.TypeOf)];


    /// <summary>Somebody wants segments of one kind only: the segment goes to each link as the first kind
    /// that
    /// the link wants.</summary>
    private void PublishByKind(
        ref readonly Packet packet, ref readonly FlowEntry flow, uint slot, TcpFindings findings, Side half)
    {
        TcpPacket body = Describe(in packet, findings);
        var to = new PacketOutput(_bus, slot, half);
        ulong reached = 0;
        if ((findings & TcpFindings.AnyBad) != 0)
        {
            reached |= to.Send(in packet, in flow, in body, EventType<BadTcpPacket>.Id, reached);
        }
        byte flags = packet.TcpFlags;
        if ((flags & TcpSegment.Reset) != 0)
        {
            reached |= to.Send(in packet, in flow, in body, EventType<ResetPacket>.Id, reached);
        }
        if ((flags & TcpSegment.Syn) != 0)
        {
            ushort type = (flags & TcpSegment.Ack) != 0 ? EventType<SynAckPacket>.Id
                : EventType<SynPacket>.Id;
            reached |= to.Send(in packet, in flow, in body, type, reached);
        }
        if ((flags & TcpSegment.Fin) != 0)
        {
            reached |= to.Send(in packet, in flow, in body, EventType<FinPacket>.Id, reached);
        }
        foreach ((TcpFindings finding, ushort type) in MadeOf)
        {
            if ((findings & finding) != 0)
            {
                reached |= to.Send(in packet, in flow, in body, type, reached);
            }
        }
        if (packet.WirePayloadLength != 0)
        {
            reached |= to.Send(in packet, in flow, in body, EventType<DataPacket>.Id, reached);
        }
        else if ((flags & (TcpSegment.Syn | TcpSegment.Fin | TcpSegment.Reset | TcpSegment.Ack))
            == TcpSegment.Ack)
        {
            reached |= to.Send(in packet, in flow, in body, EventType<AckPacket>.Id, reached);
        }
        PublishOptions(in packet, in flow, in body, in to, reached);
    }

    private static void PublishOptions(
        ref readonly Packet packet, ref readonly FlowEntry flow, in TcpPacket body, in PacketOutput to,
        ulong reached)
    {
        for (int bit = 0; bit < OptionTypes.Length && body.OptionBits >> bit != 0; bit++)
        {
            if ((body.OptionBits & (1 << bit)) != 0)
            {
                reached |= to.Send(in packet, in flow, in body, OptionTypes[bit], reached);
            }
        }
        reached |= to.Send(in packet, in flow, in body, EventType<TcpPacket>.Id, reached);
    }

    /// <summary>The body of a segment's PKT/TCP.</summary>
    internal static TcpPacket Describe(
        ref readonly Packet packet, TcpFindings findings = TcpFindings.None)
    {
        byte l4 = (byte)Math.Min(packet.L4Offset, byte.MaxValue);
        byte l3 = (byte)Math.Min(packet.L3Offset, byte.MaxValue);
        ushort length = (ushort)Math.Min(packet.WireLength, ushort.MaxValue);
        return new TcpPacket(
            new PacketEvent(
                length, packet.PortIndex, 0, l3, l4, WhyBad(in packet, findings), AuxOf(in packet, findings)),
            packet.Sequence,
            packet.Acknowledgment,
            packet.Window,
            packet.WirePayloadLength,
            packet.PayloadOffset,
            packet.TcpFlags,
            (byte)OptionsOf(in packet));
    }

    private static TcpOptionBits OptionsOf(ref readonly Packet packet)
    {
        int start = packet.L4Offset + TcpSegment.HeaderBytesMin;
        int length = packet.PayloadOffset - start;
        if (length <= 0)
        {
            return TcpOptionBits.None;
        }
        return length == TimestampsOnlyBytes && packet.Frame.ReadUInt32(start) == PaddedTimestamps
            ? TcpOptionBits.Timestamps
            : TcpOptions.Read(in packet).Present;
    }


    private static byte WhyBad(ref readonly Packet packet, TcpFindings findings)
    {
        if ((findings & TcpFindings.AnyBad) == 0)
        {
            return 0;
        }
        const byte Meaningful = 0x3F;
        byte flags = (byte)(packet.TcpFlags & Meaningful);
        BadTcpReason why = (findings & TcpFindings.BadChecksum) != 0 ? BadTcpReason.Checksum
            : (findings & TcpFindings.BadOptions) != 0 ? BadTcpReason.OptionLength
            : flags == 0 ? BadTcpReason.NullFlags
            : (flags & (TcpSegment.Syn | TcpSegment.Reset)) == (TcpSegment.Syn | TcpSegment.Reset)
                ? BadTcpReason.SynAndReset
            : (flags & TcpSegment.Syn) != 0 ? BadTcpReason.SynAndFin
            : BadTcpReason.XmasFlags;
        return (byte)why;
    }

    /// <summary>Bit 0: a duplicate ACK whose first SACK block lies below its acknowledgment (RFC
    /// 2883).</summary>
    private static byte AuxOf(ref readonly Packet packet, TcpFindings findings)
    {
        if ((findings & TcpFindings.DuplicateAck) == 0
            || packet.PayloadOffset - packet.L4Offset <= TcpSegment.HeaderBytesMin)
        {
            return 0;
        }
        var options = TcpOptions.Read(in packet);
        bool isDsack = options.SackCount != 0
            && SequenceNumber.IsBefore(options.FirstSackEdge, packet.Acknowledgment);
        return isDsack ? DsackBit : (byte)0;
    }

    /// <summary>Where segments go, as what.</summary>
    private readonly record struct PacketOutput(EventBus Bus, uint Slot, Side Half)
    {
        /// <summary>Sends the segment as one kind to those who want it and were not reached; answers
        /// them.</summary>
        public ulong Send(
            ref readonly Packet packet, ref readonly FlowEntry flow, in TcpPacket body, ushort type,
            ulong reached)
        {
            ulong wanted = Bus.Wanted(type, in flow, packet.Sender, Half) & ~reached;
            if (wanted != 0)
            {
                Bus.Collect(wanted, in flow, Slot, in packet, Half, in body, type: type);
            }
            return wanted;
        }
    }
}
