using Microsoft.Data.Sqlite;

namespace Persistence.Stores;

/// <summary>
/// Gives files that are no longer written the indexes that searches use, and makes them read-only.
/// </summary>
public static class ClosedFiles
{
    private const string Finish = """
        PRAGMA journal_mode=WAL;
        CREATE INDEX IF NOT EXISTS notices_src_ip ON notices (src_ip);
        CREATE INDEX IF NOT EXISTS notices_dest_ip ON notices (dest_ip);
        CREATE INDEX IF NOT EXISTS notices_sid ON notices (sid);
        CREATE INDEX IF NOT EXISTS notices_type ON notices (type);
        ANALYZE;
        PRAGMA journal_mode=DELETE;
        """;

    /// <summary>Finishes at most one file, oldest first; false when none was left to do.</summary>
    public static bool FinishOne(string folder)
    {
        IReadOnlyList<EventFile> files = EventFile.All(folder);
        foreach (EventFile file in files.Take(files.Count - 1))
        {
            if (!File.GetAttributes(file.Path).HasFlag(FileAttributes.ReadOnly))
            {
                FinishFile(file);
                return true;
            }
        }
        return false;
    }

    /// <summary>
    /// Lets a finished file be written again, for a new schema; it will be finished once more.
    /// </summary>
    internal static void AllowWriting(EventFile file)
    {
        if (File.Exists(file.Path))
        {
            File.SetAttributes(file.Path, File.GetAttributes(file.Path) & ~FileAttributes.ReadOnly);
        }
    }

    private static void FinishFile(EventFile file)
    {
        SqliteFile.Release(file.Path);
        using (var connection = new SqliteConnection(SqliteFile.ConnectionString(file.Path)))
        {
            connection.Open();
            SqliteFile.Execute(connection, Finish);
        }
        SqliteFile.Release(file.Path);
        File.SetAttributes(file.Path, File.GetAttributes(file.Path) | FileAttributes.ReadOnly);
    }
}
