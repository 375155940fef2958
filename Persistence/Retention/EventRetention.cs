using Microsoft.Data.Sqlite;
using Persistence.Stores;

namespace Persistence.Retention;

/// <summary>Removes whole files of notices, oldest first, when a limit bites.</summary>
public static class EventRetention
{
    private static readonly string[] Companions = ["-wal", "-shm", "-journal"];

    public static IReadOnlyList<StoredFile> Measure(string folder)
        => [.. EventFile.All(folder).Select(f => new StoredFile(f, BytesOf(f.Path)))];

    /// <returns>Files removed.</returns>
    public static int Apply(RetentionPlan plan)
    {
        foreach (StoredFile stored in plan.Delete)
        {
            using (var pooled = new SqliteConnection(SqliteFile.ConnectionString(stored.File.Path, readOnly: true)))
            {
                SqliteConnection.ClearPool(pooled);
            }
            File.Delete(stored.File.Path);
            foreach (string companion in Companions)
            {
                File.Delete(stored.File.Path + companion);
            }
        }
        return plan.Delete.Count;
    }

    private static long BytesOf(string path) => Companions.Prepend("")
        .Select(suffix => new FileInfo(path + suffix)).Sum(file => file.Exists ? file.Length : 0);
}
