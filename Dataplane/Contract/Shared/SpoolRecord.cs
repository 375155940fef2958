using System.Runtime.InteropServices;

namespace Dataplane.Contract.Shared;

/// <summary>A view over one committed record; valid until the reader reads the next.</summary>
public readonly ref struct SpoolRecord(ReadOnlySpan<byte> bytes, ulong catalogHash, string nodeName)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public SpoolRecordHeader Header { get; } = MemoryMarshal.Read<SpoolRecordHeader>(bytes);

    /// <summary>Names the catalogue that the type number and the body belong to.</summary>
    public ulong CatalogHash { get; } = catalogHash;

    public string NodeName { get; } = nodeName;

    public Ulid Id => SpoolId.Of(Header.IdHigh, Header.Sequence);

    public ReadOnlySpan<byte> NfName => _bytes.Slice(SpoolLayout.RecordHeaderBytes, Header.NfNameBytes);

    public ReadOnlySpan<byte> ChainName
        => _bytes.Slice(SpoolLayout.RecordHeaderBytes + Header.NfNameBytes, Header.ChainNameBytes);

    public ReadOnlySpan<byte> AppProtocol => _bytes.Slice(
        SpoolLayout.RecordHeaderBytes + Header.NfNameBytes + Header.ChainNameBytes, Header.AppProtocolBytes);

    public ReadOnlySpan<byte> Body => _bytes.Slice(BodyOffset, Header.BodyBytes);

    public ReadOnlySpan<byte> Packet => _bytes.Slice(BodyOffset + Header.BodyBytes, Header.PacketBytes);

    private int BodyOffset => SpoolLayout.RecordHeaderBytes + Header.NfNameBytes + Header.ChainNameBytes
        + Header.AppProtocolBytes;

    /// <summary>True when all parts lie inside the record.</summary>
    internal bool IsWhole => BodyOffset + Header.BodyBytes + Header.PacketBytes <= _bytes.Length;
}
