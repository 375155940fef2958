namespace Persistence.Retention;

/// <summary>Room on the disk that holds the data folder, in bytes.</summary>
public readonly record struct DiskSpace(long Free, long Total)
{
    public static DiskSpace Of(string folder)
    {
        var drive = new DriveInfo(Path.GetFullPath(folder));
        return new DiskSpace(drive.AvailableFreeSpace, drive.TotalSize);
    }
}
