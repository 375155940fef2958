namespace Persistence.Rows;

/// <summary>One stored notice: columns that searches use, and the whole notice as JSON.</summary>
public sealed class NoticeRow
{
    /// <summary>The spool's sequence number: storing the same notice twice changes nothing.</summary>
    public required long Seq { get; init; }

    /// <summary>Packet time, microseconds since 1970, UTC.</summary>
    public required long Time { get; init; }

    /// <summary>
    /// Time of spooling; decides the file and is part of the document, so it has no column.
    /// </summary>
    public long ReceivedAt { get; init; }

    public required string Type { get; init; }

    public required int Severity { get; init; }

    /// <summary>16 bytes in network order, IPv4 mapped into IPv6, so ranges are comparisons.</summary>
    public byte[]? SrcIp { get; init; }

    public int? SrcPort { get; init; }

    public byte[]? DestIp { get; init; }

    public int? DestPort { get; init; }

    public string? Proto { get; init; }

    public long? Sid { get; init; }

    public required string Document { get; init; }

    /// <summary>Bytes of the packet, cut at what the spool keeps.</summary>
    public byte[]? Packet { get; init; }
}
