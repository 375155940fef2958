using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Dataplane.Packets;

/// <summary>Ethernet II, IPv4 without options and TCP's fixed header as they lie in a frame,
/// network byte order.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1, Size = Bytes)]
public readonly struct CommonHeaders
{
    /// <summary>14 + 20 + 20.</summary>
    public const int Bytes = 54;

    private readonly ulong _macs;
    private readonly uint _macsRest;
    private readonly ushort _etherType;
    private readonly byte _versionAndLength;
    private readonly byte _typeOfService;
    private readonly ushort _totalLength;
    private readonly ushort _identification;
    private readonly ushort _fragment;
    private readonly byte _ttl;
    private readonly byte _protocol;
    private readonly ushort _ipChecksum;
    private readonly ulong _addresses;
    private readonly uint _ports;
    private readonly uint _sequence;
    private readonly uint _acknowledgment;
    private readonly byte _dataOffset;
    private readonly byte _tcpFlags;
    private readonly ushort _window;
    private readonly uint _tcpChecksumAndUrgent;

    /// <summary>True when the bytes are such headers, and the datagram is no fragment.</summary>
    public bool IsCommon => _etherType == BinaryPrimitives.ReverseEndianness(EtherTypes.Ipv4)
        && _versionAndLength == 0x45
        && (_fragment & BinaryPrimitives.ReverseEndianness(
        (ushort)(Ipv4.MoreFragments | Ipv4.OffsetMask))) == 0
        && _protocol == IpProtocols.Tcp;

    /// <summary>Bytes of the IP datagram.</summary>
    public int TotalLength => BinaryPrimitives.ReverseEndianness(_totalLength);

    /// <summary>Bytes of the TCP header with its options.</summary>
    public int DataOffsetBytes => (_dataOffset >> 4) * 4;

    public byte Ttl => _ttl;

    /// <summary>Source address in the lower half, destination in the upper, as they lie.</summary>
    public ulong Addresses => _addresses;

    /// <summary>Source port in the lower half, destination port in the upper, host order.</summary>
    public uint Ports => BitOperations.RotateLeft(BinaryPrimitives.ReverseEndianness(_ports), 16);

    public uint Sequence => BinaryPrimitives.ReverseEndianness(_sequence);

    public uint Acknowledgment => BinaryPrimitives.ReverseEndianness(_acknowledgment);

    public byte TcpFlags => _tcpFlags;

    public ushort Window => BinaryPrimitives.ReverseEndianness(_window);
}
