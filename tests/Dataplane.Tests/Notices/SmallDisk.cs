using System.Diagnostics;

namespace Dataplane.Tests.Notices;

/// <summary>A file system of a few kilobytes, made for one test, so that a disk can really be full.</summary>
/// <remarks>Needs root, as the test command has it; a test says so when it has not.</remarks>
internal sealed class SmallDisk : IDisposable
{
    private SmallDisk(string path)
    {
        Path = path;
    }

    public string Path { get; }

    public static SmallDisk OfKilobytes(int kilobytes)
    {
        string path = Directory.CreateTempSubdirectory("disk-").FullName;
        if (Run("mount", "-t", "tmpfs", "-o", $"size={kilobytes}k", "tmpfs", path) != 0)
        {
            Directory.Delete(path);
            Assert.Skip("A small disk can be mounted by root only.");
        }
        return new SmallDisk(path);
    }

    public void Dispose()
    {
        Run("umount", "-l", Path);
        Directory.Delete(Path);
    }

    private static int Run(string command, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(command, arguments)
        {
            RedirectStandardError = true,
        })!;
        process.WaitForExit();
        return process.ExitCode;
    }
}
