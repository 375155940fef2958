using System.Runtime.InteropServices;
using Dataplane.Chains;
using Dataplane.Contract.Configuration;
using Dataplane.Contract.Shared;
using Dataplane.Engine;
using Dataplane.Events;
using Dataplane.Notices;
using Microsoft.Win32.SafeHandles;

namespace Dataplane.Control;

/// <summary><c>Dataplane run</c>: the live dataplane, from its start until a signal ends it.</summary>
public static class RunCommand
{
    /// <summary>A process that was killed a moment ago may still hold its lock while the system cleans
    /// up.</summary>
    private const int LockAttemptsMax = 50;

    /// <summary>How often links are asked whether they are up.</summary>
    private static readonly TimeSpan PortLook = TimeSpan.FromSeconds(2);

    private const string BusyFile = "dataplane.busy";

    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(100);

    /// <summary>Answers 0, 1 (could not start) or 2 (wrong usage); faults go to
    /// <paramref name="errors"/>.</summary>
    public static int Execute(IReadOnlyList<string> words, TextWriter errors,
        Func<IEngineSinks, IEngine> makeEngine)
    {
        if (words.Contains("--help"))
        {
            Console.WriteLine(RunOptions.Usage);
            return 0;
        }
        if (!RunOptions.TryParse(words, out RunOptions? options, out string fault))
        {
            errors.WriteLine(fault);
            return 2;
        }
        try
        {
            PrivateFolder.Create(options!.DataFolder);
            PrivateFolder.Create(options.RunFolder);
            using SafeFileHandle taken = TakeLock(options.DataFolder);
            foreach (string remark in ProcessChecks.Run())
            {
                errors.WriteLine(remark);
            }
            Run(options, errors, makeEngine).GetAwaiter().GetResult();
            return 0;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            errors.WriteLine(error.Message);
            return 1;
        }
    }

    private static async Task Run(RunOptions options, TextWriter errors,
        Func<IEngineSinks, IEngine> makeEngine)
    {
        long startedAtUs = ControlLoop.NowUs;
        NfCatalog functions = NfCatalog.Scan();
        (byte[] catalog, ulong catalogHash) = CatalogBuilder.Serialize(CatalogBuilder.Build(functions));
        string spoolFolder = Path.Combine(options.DataFolder, SpoolLayout.Folder);
        CatalogBuilder.WriteBeside(spoolFolder, catalog, catalogHash);
        using NoticeSpool spool = NoticeSpool.Open(
            SpoolSettings(options, spoolFolder, catalogHash), startedAtUs);
        var limits = new LimitsDefinition();
        using var logs = new RecordLogs(
            Path.Combine(options.DataFolder, "logs"), LogLimits.OfBytes(limits.LogBytes));
        using var wake = new WakeSocket(Path.Combine(options.RunFolder, SpoolLayout.WakeSocket));
        IReadOnlyList<string> inside = BusyMarks.Read(Path.Combine(options.DataFolder, BusyFile));
        LastWords words = LastWords.Begin(options.DataFolder, spool, inside, startedAtUs);
        IReadOnlyList<string> suspended = ProcessEnds.Note(
            options.DataFolder, words.WasInOrder, words.HasReason, inside, startedAtUs);
        TellOf(suspended, spool, startedAtUs);
        using BusyMarks? marks = BusyMarks.Create(Path.Combine(options.DataFolder, BusyFile));
        using var sinks = new EngineSinks { Marks = marks, Suspended = suspended };
        IEngine engine = makeEngine(sinks);
        using var stats = new StatsSegment(
            Path.Combine(options.RunFolder, StatsLayout.File), engine, sinks, spool, startedAtUs);
        var watch = new WorkerWatch(engine, marks, words.End);
        using var portLook = new Timer(_ => engine.RefreshPorts(), null, PortLook, PortLook);
        using var loop = new ControlLoop(sinks, spool, logs, wake, stats, watch);
        var state = new ControlState(
            engine, new ConfigLoader(new ChainPlanner(functions)), catalog, startedAtUs,
            (revision, outcome) =>
            {
                sinks.Use(revision.Number);
                spool.Use(revision.Document.Limits.SpoolBytes);
                logs.Use(LogLimits.OfBytes(revision.Document.Limits.LogBytes));
                stats.Use(outcome);
            });
        loop.Start();
        await using (
            await ControlSocket.StartAsync(Path.Combine(options.RunFolder, ControlSocket.FileName), state))
        {
            await errors.WriteLineAsync($"Dataplane {CatalogBuilder.Version} is ready for commands.");
            await EndAsync();
        }
        engine.Dispose(); // first the workers, then what their rings still hold
        words.EndInOrder();
    }

    private static NoticeSpoolSettings SpoolSettings(RunOptions options, string folder, ulong catalogHash)
    {
        NodeIdentity node = NodeIdentity.Of(options.DataFolder);
        return new NoticeSpoolSettings
        {
            Folder = folder,
            Node = node.Number,
            NodeName = node.Name,
            CatalogHash = catalogHash,
        };
    }

    private static void TellOf(IReadOnlyList<string> suspended, NoticeSpool spool, long nowUs)
    {
        foreach (string name in suspended)
        {
            byte[] sideBlock = SideBlock.Of(name,
                $"It ended the process {ProcessEnds.EndsMax} times within a minute and does not run until "
                + "the next start.");
            spool.TryTell(new NfFault(new ChainEvent(0), 0), Severity.High, sideBlock, nowUs);
        }
    }

    /// <summary>Waits for SIGTERM or SIGINT.</summary>
    private static async Task EndAsync()
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void End(PosixSignalContext signal)
        {
            signal.Cancel = true;
            ended.TrySetResult();
        }
        using PosixSignalRegistration term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
        await ended.Task;
    }

    /// <summary>Two dataplanes on one spool would number the same notices;
    /// the system frees the lock of the dead.</summary>
    private static SafeFileHandle TakeLock(string dataFolder)
    {
        string path = Path.Combine(dataFolder, "dataplane.lock");
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException error) when (attempt == LockAttemptsMax)
            {
                throw new IOException(
                    $"Another dataplane works in {dataFolder}; stop it, or give another folder "
                    + "with --data.", error);
            }
            catch (IOException)
            {
                Thread.Sleep(LockPause);
            }
        }
    }
}
