using System.Text;
using Dataplane.Contract.Shared;
using Dataplane.Events;
using Dataplane.Native.Memory;
using Dataplane.Notices;

namespace Dataplane.Tests.Notices;

/// <summary>A spool in a folder of its own, with segments small enough to fill.</summary>
internal sealed class SpoolFolder : IDisposable
{
    public const int SegmentBytes = 64 * 1024;

    public const long StartUs = 1_795_000_000_000_000;

    public SpoolFolder(string? path = null)
    {
        Path = path ?? Directory.CreateTempSubdirectory("spool-").FullName;
    }

    public string Path { get; }

    public NoticeSpool Open(long bytesMax = 1L << 30, long nowUs = StartUs) =>
        NoticeSpool.Open(
            new NoticeSpoolSettings
            {
                Folder = Path,
                Node = 7,
                NodeName = "edge-1",
                CatalogHash = 0xC0FFEE,
                BytesMax = bytesMax,
                SegmentBytes = SegmentBytes,
            },
            nowUs);

    /// <summary>Appends a notice whose body is the text.</summary>
    public static bool Append(NoticeSpool spool, string text, long nowUs = StartUs, int packetBytes = 0)
    {
        byte[] packet = [.. Enumerable.Repeat((byte)0xAB, packetBytes)];
        return spool.TryAppend(
            new SpoolNotice
            {
                Header = new SpoolRecordHeader { Type = EventType<IdsAlert>.Id, Severity = 1, Time = nowUs },
                NfName = "ids-main"u8,
                ChainName = "edge-in"u8,
                AppProtocol = "http"u8,
                Body = Encoding.UTF8.GetBytes(text),
                Packet = packet,
            },
            nowUs);
    }

    /// <summary>Everything a reader finds behind a number, as (number,
    /// body) with losses as "lost A-B".</summary>
    public List<(ulong Sequence, string Text)> Read(ulong after = 0)
    {
        using SpoolReader reader = new(Path, after);
        return Read(reader);
    }

    public static List<(ulong Sequence, string Text)> Read(SpoolReader reader)
    {
        List<(ulong, string)> found = [];
        while (reader.TryRead(out SpoolRecord record))
        {
            found.Add((record.Header.Sequence, TextOf(record)));
        }
        return found;
    }

    public void Dispose()
    {
        Directory.Delete(Path, recursive: true);
        File.Delete(Path + ".numbers");
    }

    private static string TextOf(SpoolRecord record)
    {
        if (record.Header.Type == EventType<NoticesLost>.Id)
        {
            NoticesLost lost = Reinterpret.Read<NoticesLost>(record.Body);
            return $"lost {lost.From}-{lost.To}";
        }
        if (record.Header.Type == EventType<StorageState>.Id)
        {
            return Reinterpret.Read<StorageState>(record.Body).Full == 1 ? "full" : "room";
        }
        return record.Header.Type == EventType<MemoryCap>.Id ? "cap" : Encoding.UTF8.GetString(record.Body);
    }
}
