using System.Text;
using Dataplane.Events;
using Dataplane.Notices;

namespace Dataplane.Control;

/// <summary>Why the process before ended: kept in the data folder, told by the next one's spool.</summary>
/// <remarks>A process that is killed leaves no words; that it did not end in order is told too.</remarks>
public sealed class LastWords
{
    /// <summary>The process found a fault in itself.</summary>
    public const int FaultExitCode = 70;

    private const string FileName = "dataplane.running";
    private const int ReasonBytesMax = 240;

    private readonly string _path;

    private LastWords(string path, bool wasInOrder, bool hasReason)
    {
        (_path, WasInOrder, HasReason) = (path, wasInOrder, hasReason);
    }

    /// <summary>The process before ended because it was asked to, or there was none.</summary>
    public bool WasInOrder { get; }

    /// <summary>It left words.</summary>
    public bool HasReason { get; }

    /// <summary>Tells how the process before ended, unless in order, and begins to keep ours.</summary>
    /// <param name="dataFolder">Where they are kept.</param>
    /// <param name="spool">What people hear by.</param>
    /// <param name="inside">NFs that its workers were inside.</param>
    /// <param name="nowUs">Microseconds since 1970.</param>
    public static LastWords Begin(
        string dataFolder, NoticeSpool spool, IReadOnlyList<string> inside, long nowUs)
    {
        string path = Path.Combine(dataFolder, FileName);
        bool wasInOrder = !File.Exists(path);
        string reason = wasInOrder ? "" : File.ReadAllText(path).Trim();
        if (!wasInOrder)
        {
            string where = inside.Count == 0 ? "" : $" inside the NF {string.Join(" or ", inside)}";
            string told = reason.Length > 0 ? reason : $"It was killed, or native code ended it{where}.";
            Tell(spool, told, nowUs);
        }
        File.WriteAllText(path, "");
        var words = new LastWords(path, wasInOrder, reason.Length > 0);
        AppDomain.CurrentDomain.UnhandledException += (_, fault) =>
            words.Keep(fault.ExceptionObject is Exception error
                ? $"{error.GetType().Name}: {error.Message}"
                : "Something was thrown that is no exception.");
        return words;
    }

    /// <summary>Ends the process with a reason; the supervisor starts it again.</summary>
    public void End(string reason)
    {
        Keep(reason);
        Console.Error.WriteLine(reason);
        Environment.Exit(FaultExitCode);
    }

    /// <summary>The process ends because it was asked to.</summary>
    public void EndInOrder() => File.Delete(_path);

    private void Keep(string reason)
    {
        try
        {
            File.WriteAllText(_path, reason);
        }
        catch (IOException)
        {
            // A full disk: the next process tells of an end without a reason.
        }
    }

    private static void Tell(NoticeSpool spool, string reason, long nowUs)
    {
        byte[] text = Encoding.UTF8.GetBytes(reason);
        text = text[..Math.Min(text.Length, ReasonBytesMax)];
        byte[] sideBlock = [.. BitConverter.GetBytes((ushort)text.Length), .. text];
        var ended = new ProcessEnded(new SystemEvent(0));
        spool.TryTell(in ended, Severity.High, sideBlock, nowUs);
    }
}
