namespace Persistence.Retention;

/// <summary>Which files go, and whether the open one has to end because it alone breaks a limit.</summary>
public sealed record RetentionPlan(IReadOnlyList<StoredFile> Delete, bool EndOpenFile)
{
    /// <summary>Files are oldest first; the last one is open and never deleted.</summary>
    public static RetentionPlan Make(
        IReadOnlyList<StoredFile> files, RetentionLimits limits, DiskSpace disk, DateOnly today)
    {
        long wantedFree = Math.Max(limits.FreeBytes, (long)(disk.Total * limits.FreeShare));
        long bytes = files.Sum(f => f.Bytes);
        long free = disk.Free;
        var delete = new List<StoredFile>();
        for (int i = 0; i < files.Count - 1; i++)
        {
            bool tooOld = files[i].File.Day < today.AddDays(-limits.Days);
            if (!tooOld && bytes <= limits.Bytes && free >= wantedFree)
            {
                break;
            }
            delete.Add(files[i]);
            bytes -= files[i].Bytes;
            free += files[i].Bytes;
        }
        bool endOpen = files.Count > 0 && files[^1].Bytes > 0
            && (bytes > limits.Bytes || files[^1].File.Day < today.AddDays(-limits.Days));
        return new RetentionPlan(delete, endOpen);
    }
}
