using Persistence.Stores;

namespace Persistence.Retention;

/// <summary>Removes whole files of notices, oldest first, when a limit bites.</summary>
public static class EventRetention
{
    public static IReadOnlyList<StoredFile> Measure(string folder)
        => [.. EventFile.All(folder).Select(f => new StoredFile(f, BytesOf(f.Path)))];

    /// <returns>Files removed.</returns>
    public static int Apply(RetentionPlan plan)
    {
        foreach (StoredFile stored in plan.Delete)
        {
            SqliteFile.Release(stored.File.Path);
            foreach (string path in SqliteFile.WithCompanions(stored.File.Path))
            {
                File.Delete(path);
            }
        }
        return plan.Delete.Count;
    }

    private static long BytesOf(string path) => SqliteFile.WithCompanions(path)
        .Select(p => new FileInfo(p)).Sum(file => file.Exists ? file.Length : 0);
}
