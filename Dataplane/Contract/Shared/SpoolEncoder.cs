using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Dataplane.Contract.Shared;

/// <summary>Lays records out in bytes. Allocates nothing.</summary>
public static class SpoolEncoder
{
    private const int SequenceBytes = 8;
    private const int ChecksumOffset = 8;
    private const int CheckedFrom = 12;

    /// <summary>
    /// Writes one record with its checksum, but with sequence number 0: it is committed by
    /// <see cref="SpoolSegmentWriter"/>, or by writing header.Sequence at its start after everything else.
    /// </summary>
    /// <returns>Bytes of the record, padding included.</returns>
    public static int Encode(
        Span<byte> destination,
        SpoolRecordHeader header,
        ReadOnlySpan<byte> nfName,
        ReadOnlySpan<byte> chainName,
        ReadOnlySpan<byte> appProtocol,
        ReadOnlySpan<byte> body,
        ReadOnlySpan<byte> packet)
    {
        nfName = Cut(nfName, SpoolLayout.NameBytesMax);
        chainName = Cut(chainName, SpoolLayout.NameBytesMax);
        appProtocol = Cut(appProtocol, SpoolLayout.NameBytesMax);
        packet = Cut(packet, SpoolLayout.PacketBytesMax);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(body.Length, SpoolLayout.BodyBytesMax);
        int bytes = SpoolLayout.PaddedBytes(SpoolLayout.RecordHeaderBytes + nfName.Length + chainName.Length
            + appProtocol.Length + body.Length + packet.Length);
        Span<byte> record = destination[..bytes];
        record[^SpoolLayout.RecordAlignmentBytes..].Clear();

        ulong sequence = header.Sequence;
        header.Sequence = 0;
        header.Checksum = 0;
        header.RecordBytes = (uint)bytes;
        header.NfNameBytes = (byte)nfName.Length;
        header.ChainNameBytes = (byte)chainName.Length;
        header.AppProtocolBytes = (byte)appProtocol.Length;
        header.BodyBytes = (ushort)body.Length;
        header.PacketBytes = (ushort)packet.Length;
        MemoryMarshal.Write(record, in header);
        Span<byte> rest = record[SpoolLayout.RecordHeaderBytes..];
        Append(ref rest, nfName);
        Append(ref rest, chainName);
        Append(ref rest, appProtocol);
        Append(ref rest, body);
        Append(ref rest, packet);
        BinaryPrimitives.WriteUInt32LittleEndian(record[ChecksumOffset..], Checksum(record, sequence));
        return bytes;
    }

    /// <summary>CRC-32C over the record from behind its checksum, seeded with the sequence number.</summary>
    public static uint Checksum(ReadOnlySpan<byte> record, ulong sequence)
    {
        uint crc = BitOperations.Crc32C(uint.MaxValue, sequence);
        crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt32LittleEndian(record[CheckedFrom..]));
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(record[(CheckedFrom + sizeof(uint))..]);
        foreach (ulong word in words)
        {
            crc = BitOperations.Crc32C(crc, word);
        }
        return ~crc;
    }

    /// <summary>Bytes at the start of a record that hold its sequence number, written last.</summary>
    internal static ReadOnlySpan<byte> WithoutSequence(ReadOnlySpan<byte> record) => record[SequenceBytes..];

    private static ReadOnlySpan<byte> Cut(ReadOnlySpan<byte> bytes, int max)
        => bytes.Length <= max ? bytes : bytes[..max];

    private static void Append(ref Span<byte> rest, ReadOnlySpan<byte> part)
    {
        part.CopyTo(rest);
        rest = rest[part.Length..];
    }
}
