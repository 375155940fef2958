using Microsoft.Data.Sqlite;
using Persistence.Rows;

namespace Persistence.Tests;

/// <summary>A data folder of a test's own, with its lock held; removed at the end.</summary>
public sealed class DataFolderOfTest : IDisposable
{
    public DataFolderOfTest()
    {
        Folder = new DataFolder(Directory.CreateTempSubdirectory("mbx").FullName);
        Lock = DataLock.TryTake(Folder.Path)!;
    }

    public DataFolder Folder { get; }

    public DataLock Lock { get; }

    public static NoticeRow Row(long seq, DateTimeOffset time, string type = "EVENT/IDS_ALERT") => new()
    {
        Seq = seq,
        Time = Microseconds.Of(time),
        ReceivedAt = Microseconds.Of(time),
        Type = type,
        Severity = 1,
        SrcIp = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 10, 0, 0, 1],
        Sid = 7,
        Document = $$"""{"seq":{{seq}}}""",
    };

    public void Dispose()
    {
        Lock.Dispose();
        SqliteConnection.ClearAllPools();
        Directory.Delete(Folder.Path, recursive: true);
    }
}
