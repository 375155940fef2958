using System.Buffers.Binary;
using Dataplane.Events.Applications;
using Dataplane.Flows;
using Dataplane.Inspection.Compile;
using Dataplane.Packets;

namespace Dataplane.Inspection.Verify;

/// <summary>What rules can ask of one packet, or of a flow's end, which has no packet.</summary>
/// <remarks>Spans are valid while the packet is; numbers are in host byte order.</remarks>
public ref struct InspectedPacket
{
    private const int Ipv6FixedBytes = 40;
    private const int IcmpHeaderBytes = 8;

    /// <summary>The captured bytes from the IP header on; empty at a flow's end.</summary>
    public ReadOnlySpan<byte> Layer3;

    /// <summary>From the layer 4 header to the end of its payload.</summary>
    public ReadOnlySpan<byte> Layer4;

    public ReadOnlySpan<byte> Payload;

    /// <summary>Addresses: IPv4 in the low 32 bits.</summary>
    public UInt128 Source;
    public UInt128 Destination;
    public ushort SourcePort;
    public ushort DestinationPort;
    public byte IpVersion;
    public byte Protocol;
    public byte TimeToLive;
    public byte TcpFlags;
    public uint Sequence;
    public uint Acknowledgment;
    public ushort Window;
    public bool IsFragment;
    public bool IsReassembled;
    public TransportClass Transport;

    /// <summary>False at the end of a flow: only streams are inspected then.</summary>
    public bool HasPacket;

    public Side Sender;
    public long TimeNs;

    /// <summary>The flow was established before this packet (TCP), or both sides have been heard
    /// (others).</summary>
    public bool IsEstablished;

    /// <summary>The payload became part of a stream, which is inspected when it is complete.</summary>
    public bool IsInStream;

    /// <summary>The next piece of the sender's stream, when one is due.</summary>
    public ReadOnlySpan<byte> Stream;

    /// <summary>True when <see cref="Stream"/> is a window that goes on over bytes that were inspected
    /// before; its first byte has the offset <see cref="StreamOffset"/>.</summary>
    public bool IsWindow;

    public uint StreamOffset;

    /// <summary>The flow has turned to ciphertext: payloads are not inspected any more.</summary>
    public bool IsEncrypted;

    /// <summary>What the flow speaks.</summary>
    public AppProtocol Application;

    /// <summary>What the sender's own bytes were recognised as.</summary>
    public AppProtocol SenderApplication;

    /// <summary>The sender's first packet since it is known what it speaks.</summary>
    public bool IsDetection;

    /// <summary>What is wrong with the packet's headers; only where a rule asks.</summary>
    public DecodeFindingSet Findings;

    /// <summary>Bit n: <see cref="Rules.StreamFinding"/> n came to light with this packet.</summary>
    public uint StreamFindings;

    /// <summary>Number of the flow on its worker.</summary>
    public uint FlowNumber;

    public uint ClientPackets;
    public uint ServerPackets;
    public ulong ClientBytes;
    public ulong ServerBytes;

    /// <summary>Whole seconds since the flow's first packet.</summary>
    public uint FlowAgeSeconds;

    /// <summary>Bytes each side has sent by its sequence numbers.</summary>
    public uint ClientStreamBytes;
    public uint ServerStreamBytes;

    /// <summary>Takes what the packet itself says.</summary>
    public static InspectedPacket Of(ref readonly Packet packet)
    {
        InspectedPacket inspected = default;
        inspected.HasPacket = true;
        inspected.TimeNs = packet.TimestampNs;
        inspected.Sender = packet.Sender;
        inspected.IpVersion = packet.IpVersion;
        inspected.Protocol = packet.Protocol;
        inspected.Transport = TransportClasses.Of(packet.Protocol);
        inspected.TimeToLive = packet.Ttl;
        inspected.TcpFlags = packet.TcpFlags;
        inspected.Sequence = packet.Sequence;
        inspected.Acknowledgment = packet.Acknowledgment;
        inspected.Window = packet.Window;
        inspected.SourcePort = packet.SourcePort;
        inspected.DestinationPort = packet.DestinationPort;
        inspected.IsFragment = (packet.Flags & PacketFlags.Fragment) != 0;
        inspected.IsReassembled = (packet.Flags & PacketFlags.Reassembled) != 0;
        if (packet.IpVersion != 0)
        {
            inspected.Layer3 = packet.Layer3.Span;
            inspected.ReadAddresses();
        }
        if ((packet.Flags & PacketFlags.NoLayer4) == 0 && packet.L4Offset != 0)
        {
            inspected.Layer4 = packet.Layer4.Span;
            inspected.Payload = packet.Payload.Span;
            if (inspected.Transport == TransportClass.Icmp4)
            {
                inspected.Payload = inspected.Layer4[IcmpHeader.LengthOf(inspected.Layer4)..];
            }
        }
        return inspected;
    }

    /// <summary>Takes the figures of the packet's flow.</summary>
    public void TakeFlow(ref readonly FlowEntry flow)
    {
        ClientPackets = flow.ClientPackets;
        ServerPackets = flow.ServerPackets;
        ClientBytes = flow.ClientBytes;
        ServerBytes = flow.ServerBytes;
    }

    /// <summary>The IP header with IPv4 options or IPv6 extension headers.</summary>
    public readonly ReadOnlySpan<byte> IpHeader
    {
        get
        {
            int fixedLength = Layer3.IsEmpty || IpVersion != 4 ? Ipv6FixedBytes : (Layer3[0] & 15) * 4;
            int length = IpVersion == 6 && !Layer4.IsEmpty ? OffsetIn(Layer3, Layer4) : fixedLength;
            return Layer3[..Math.Min(length, Layer3.Length)];
        }
    }

    public readonly ReadOnlySpan<byte> Layer4Header
    {
        get
        {
            int length = Transport switch
            {
                TransportClass.Icmp4 => IcmpHeader.LengthOf(Layer4),
                TransportClass.Icmp6 => IcmpHeaderBytes,
                _ => Layer4.Length - Payload.Length,
            };
            return Layer4[..Math.Min(length, Layer4.Length)];
        }
    }

    private static int OffsetIn(ReadOnlySpan<byte> outer, ReadOnlySpan<byte> inner) =>
        outer.Overlaps(inner, out int offset) ? Math.Max(0, offset) : 0;

    private void ReadAddresses()
    {
        if (IpVersion == 4 && Layer3.Length >= 20)
        {
            Source = BinaryPrimitives.ReadUInt32BigEndian(Layer3[12..]);
            Destination = BinaryPrimitives.ReadUInt32BigEndian(Layer3[16..]);
        }
        else if (IpVersion == 6 && Layer3.Length >= Ipv6FixedBytes)
        {
            Source = BinaryPrimitives.ReadUInt128BigEndian(Layer3[8..]);
            Destination = BinaryPrimitives.ReadUInt128BigEndian(Layer3[24..]);
        }
    }
}
