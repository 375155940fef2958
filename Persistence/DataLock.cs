namespace Persistence;

/// <summary>The exclusive right to change the schemas in a data folder: a lock on DATA/lock.</summary>
/// <remarks>The system takes it back when the process ends, however it ends.</remarks>
public sealed class DataLock : IDisposable
{
    public const string File = "lock";

    private readonly FileStream _file;

    private DataLock(FileStream file) => _file = file;

    /// <summary>The lock, or null when another process has it.</summary>
    public static DataLock? TryTake(string dataFolder)
    {
        Directory.CreateDirectory(dataFolder);
        try
        {
            return new DataLock(new FileStream(Path.Combine(dataFolder, File), FileMode.OpenOrCreate,
                FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException)
        {
            return null;
        }
    }

    public void Dispose() => _file.Dispose();
}
