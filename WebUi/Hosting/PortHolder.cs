using System.Globalization;

namespace WebUi.Hosting;

/// <summary>Names the process that listens on a TCP port, read from /proc (Linux).</summary>
public static class PortHolder
{
    private const string ListenState = "0A";
    private static readonly string[] Tables = ["/proc/net/tcp", "/proc/net/tcp6"];

    /// <summary>"nginx (process 812)", or "another process" when /proc does not let us see it.</summary>
    public static string Describe(int port)
    {
        HashSet<string> sockets = [.. SocketsListeningOn(port).Select(inode => $"socket:[{inode}]")];
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            string id = Path.GetFileName(folder);
            if (int.TryParse(id, CultureInfo.InvariantCulture, out _) && HoldsOneOf(folder, sockets))
            {
                return $"{File.ReadAllText(Path.Combine(folder, "comm")).Trim()} (process {id})";
            }
        }
        return "another process";
    }

    private static IEnumerable<string> SocketsListeningOn(int port)
    {
        string suffix = ":" + port.ToString("X4", CultureInfo.InvariantCulture);
        foreach (string table in Tables.Where(File.Exists))
        {
            foreach (string line in File.ReadLines(table).Skip(1))
            {
                // Columns: sl, local, remote, state, queues, timer, retransmits, uid, timeout, inode.
                string[] columns = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (columns.Length > 9 && columns[3] == ListenState
                    && columns[1].EndsWith(suffix, StringComparison.Ordinal))
                {
                    yield return columns[9];
                }
            }
        }
    }

    private static bool HoldsOneOf(string processFolder, HashSet<string> sockets)
    {
        try
        {
            return Directory.EnumerateFileSystemEntries(Path.Combine(processFolder, "fd"))
                .Any(link => new FileInfo(link).LinkTarget is { } target && sockets.Contains(target));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // It ended meanwhile, or it belongs to somebody else: not one that we can name.
            return false;
        }
    }
}
