namespace Dataplane.Notices;

/// <summary>Folders that nobody but their owner may read:
/// notices and sockets tell of other people's traffic.</summary>
public static class PrivateFolder
{
    /// <summary>Makes the folder and those above it where they are missing; owner-only (0700).</summary>
    public static void Create(string path)
    {
        if (OperatingSystem.IsLinux())
        {
            Directory.CreateDirectory(
                path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        else
        {
            throw new PlatformNotSupportedException("The dataplane runs on Linux only.");
        }
    }
}
