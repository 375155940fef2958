using System.Runtime.InteropServices;

namespace Dataplane.Contract.Shared;

/// <summary>
/// The 128 bytes before each spooled notice. Sequence is written last and commits the record.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = SpoolLayout.RecordHeaderBytes)]
public struct SpoolRecordHeader
{
    /// <summary>1, 2, 3… per node without holes; 0 while the record is not committed.</summary>
    [FieldOffset(0)] public ulong Sequence;

    /// <summary>
    /// CRC-32C of the bytes from offset 12 to the end of the record, seeded with the sequence number.
    /// </summary>
    [FieldOffset(8)] public uint Checksum;

    /// <summary>The whole record with its padding.</summary>
    [FieldOffset(12)] public uint RecordBytes;

    /// <summary>48 bits milliseconds of arrival (never going back within a node), 16 bits node.</summary>
    [FieldOffset(16)] public ulong IdHigh;

    /// <summary>Packet time, microseconds since 1970, UTC.</summary>
    [FieldOffset(24)] public long Time;

    /// <summary>Time of spooling, microseconds since 1970, UTC.</summary>
    [FieldOffset(32)] public long ReceivedAt;

    /// <summary>Identity of the flow, below 2^53; 0 for notices without one.</summary>
    [FieldOffset(40)] public ulong Flow;

    [FieldOffset(48)] public uint Revision;

    /// <summary>Number of the event type in the segment's catalogue.</summary>
    [FieldOffset(52)] public ushort Type;

    /// <summary>1 high to 4 for information.</summary>
    [FieldOffset(54)] public byte Severity;

    [FieldOffset(55)] public SpoolAction Action;
    [FieldOffset(56)] public byte NfNameBytes;
    [FieldOffset(57)] public byte ChainNameBytes;
    [FieldOffset(58)] public byte AppProtocolBytes;

    /// <summary>IP protocol number; 0 without a flow.</summary>
    [FieldOffset(59)] public byte Protocol;

    [FieldOffset(60)] public ushort BodyBytes;

    /// <summary>Bytes of the packet that are kept in the record.</summary>
    [FieldOffset(62)] public ushort PacketBytes;

    /// <summary>Bytes the packet had on the wire.</summary>
    [FieldOffset(64)] public uint PacketWireBytes;

    /// <summary>Ports of the packet or event in the direction it travelled; ICMP: type and code.</summary>
    [FieldOffset(68)] public ushort SourcePort;

    [FieldOffset(70)] public ushort DestinationPort;
    [FieldOffset(72)] public SharedAddress SourceAddress;
    [FieldOffset(88)] public SharedAddress DestinationAddress;

    /// <summary>Outer and inner VLAN id; 0 for none.</summary>
    [FieldOffset(104)] public ushort Vlan;

    [FieldOffset(106)] public ushort InnerVlan;

    /// <summary>0 none, 1 sent by the client, 2 by the server.</summary>
    [FieldOffset(108)] public byte Sender;

    /// <summary>Index of the port that the packet came in by; 255 for none.</summary>
    [FieldOffset(109)] public byte Port;

    /// <summary>Event number, low 32 bits, for tracing causes.</summary>
    [FieldOffset(112)] public uint EventNumber;
}
