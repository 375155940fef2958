using Dataplane.Contract.Shared;

namespace Dataplane.Notices;

/// <summary>One notice on its way into the spool: header without number, checksum and arrival;
/// then its parts.</summary>
public readonly ref struct SpoolNotice
{
    public required SpoolRecordHeader Header { get; init; }

    public ReadOnlySpan<byte> NfName { get; init; }

    public ReadOnlySpan<byte> ChainName { get; init; }

    public ReadOnlySpan<byte> AppProtocol { get; init; }

    /// <summary>Laid out as the catalogue says.</summary>
    public ReadOnlySpan<byte> Body { get; init; }

    /// <summary>The frame that raised it; the first bytes are kept.</summary>
    public ReadOnlySpan<byte> Packet { get; init; }

    /// <summary>Bytes of the record, padding included.</summary>
    public int RecordBytes => SpoolLayout.PaddedBytes(
        SpoolLayout.RecordHeaderBytes
        + Math.Min(NfName.Length, SpoolLayout.NameBytesMax)
        + Math.Min(ChainName.Length, SpoolLayout.NameBytesMax)
        + Math.Min(AppProtocol.Length, SpoolLayout.NameBytesMax)
        + Body.Length
        + Math.Min(Packet.Length, SpoolLayout.PacketBytesMax));
}
