using System.Globalization;

namespace Dataplane.Control;

/// <summary>Remembers which NFs were being run when the process ended by its own fault; one that did so
/// three times
/// in a minute is not run again until the next start (engine §21).</summary>
/// <remarks>A file of lines in the data folder: microseconds since 1970, name.</remarks>
public static class ProcessEnds
{
    /// <summary>Ends within <see cref="WindowUs"/> that suspend an NF.</summary>
    public const int EndsMax = 3;
    public const long WindowUs = 60_000_000;

    private const string FileName = "dataplane.ends";

    /// <summary>The status the supervisor saw: a number, 128 + signal.</summary>
    private const string StatusFile = "dataplane.exit";

    // SIGILL, SIGABRT, SIGBUS, SIGFPE, SIGSEGV: the process's own doing. Others were sent to it.
    private static readonly int[] FaultStatuses = [LastWords.FaultExitCode, 132, 134, 135, 136, 139];

    /// <summary>Takes the end of the process before into account.</summary>
    /// <param name="dataFolder">Where the files lie.</param>
    /// <param name="wasInOrder">It ended because it was asked to.</param>
    /// <param name="hasReason">It left words.</param>
    /// <param name="inside">NFs that its workers were inside.</param>
    /// <param name="nowUs">Microseconds since 1970.</param>
    /// <returns>NFs that must not run.</returns>
    public static IReadOnlyList<string> Note(
        string dataFolder, bool wasInOrder, bool hasReason, IReadOnlyList<string> inside, long nowUs)
    {
        string path = Path.Combine(dataFolder, FileName);
        List<(long Us, string Name)> ends = [.. Read(path).Where(end => nowUs - end.Us < WindowUs)];
        if (!wasInOrder && (hasReason || FaultStatuses.Contains(StatusIn(dataFolder))))
        {
            ends.AddRange(inside.Select(name => (nowUs, name)));
        }
        Keep(path, ends);
        return [.. ends.GroupBy(end => end.Name).Where(group => group.Count() >= EndsMax)
            .Select(group => group.Key)];
    }

    private static void Keep(string path, List<(long Us, string Name)> ends)
    {
        try
        {
            File.WriteAllLines(path,
                ends.Select(end => string.Create(CultureInfo.InvariantCulture, $"{end.Us} {end.Name}")));
        }
        catch (IOException)
        {
            // A full disk: traffic matters more than counting ends, so the process starts without.
        }
    }

    private static IEnumerable<(long Us, string Name)> Read(string path)
    {
        foreach (string line in File.Exists(path) ? File.ReadAllLines(path) : [])
        {
            if (line.Split(' ', 2) is [string time, string name]
                && long.TryParse(time, CultureInfo.InvariantCulture, out long us))
            {
                yield return (us, name);
            }
        }
    }

    private static int StatusIn(string dataFolder)
    {
        string path = Path.Combine(dataFolder, StatusFile);
        return File.Exists(path) && int.TryParse(
            File.ReadAllText(path).Trim(), CultureInfo.InvariantCulture, out int status) ? status : 0;
    }
}
