namespace Dataplane.Contract.Shared;

/// <summary>Sizes and names of the notice spool: numbered segment files of checksummed records.</summary>
/// <remarks>
/// A segment is a 4,096-byte header, then records, each padded to 16 bytes:
/// 128-byte <see cref="SpoolRecordHeader"/>, NF name, chain name, application protocol, body, packet.
/// A record is committed by writing its checksum and then its sequence number (0 until then).
/// A writer starts a new segment whenever it starts; a torn tail is never written over.
/// Little-endian throughout.
/// </remarks>
public static class SpoolLayout
{
    /// <summary>"MBXSPOOL" read as a little-endian number.</summary>
    public const ulong Magic = 0x4C4F4F505358424D;

    public const uint Version = 1;
    public const int SegmentHeaderBytes = 4_096;
    public const int SegmentBytes = 16 * 1024 * 1024;
    public const int RecordHeaderBytes = 128;
    public const int RecordAlignmentBytes = 16;
    public const int PacketBytesMax = 1_536;
    public const int BodyBytesMax = 8_192;
    public const int NameBytesMax = 48;

    /// <summary>The longest record: header, three names, body and packet.</summary>
    public const int RecordBytesMax =
        RecordHeaderBytes + (3 * NameBytesMax) + BodyBytesMax + PacketBytesMax + RecordAlignmentBytes;

    public const string SegmentExtension = ".seg";

    /// <summary>
    /// Segments are made under this name and renamed when whole, so readers never see a part.
    /// </summary>
    public const string UnfinishedExtension = ".new";

    /// <summary>Folder of the spool below DATA.</summary>
    public const string Folder = "spool";

    /// <summary>Datagram socket below RUN that the reader binds; one byte wakes it.</summary>
    public const string WakeSocket = "notices.sock";

    public static string SegmentFile(ulong number) => $"{number:D10}{SegmentExtension}";

    /// <summary>The catalogue that renders the records of segments naming this hash.</summary>
    public static string CatalogFile(ulong catalogHash) => $"catalog-{catalogHash:x16}.json";

    public static int PaddedBytes(int bytes) => (bytes + RecordAlignmentBytes - 1) & -RecordAlignmentBytes;
}
