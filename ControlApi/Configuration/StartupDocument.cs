using Dataplane.Contract.Configuration;
using Persistence.Rows;
using Persistence.Stores;

namespace ControlApi.Configuration;

/// <summary>
/// The document that a start brings: --config, or the demo when nothing was ever configured.
/// </summary>
public static class StartupDocument
{
    private const string DemoName = "demo.json";

    /// <summary>The document to commit, or null for none; faults when --config cannot be read.</summary>
    public static async Task<CommitOrder?> FindAsync(
        ControlApiOptions options, RevisionStore revisions, List<ConfigFault> faults,
            CancellationToken cancellation)
    {
        if (options.ConfigFile is { } file)
        {
            return Read(Path.GetFullPath(file), "start", $"From {file}.", faults);
        }
        RevisionRow? active = await revisions.ActiveAsync(cancellation);
        string? demo = options.DemoFile ?? FindDemo();
        return active is not null || demo is null ? null : Read(Path.GetFullPath(demo), "start",
            "The built-in demo.", faults);
    }

    private static CommitOrder? Read(string path, string kind, string note, List<ConfigFault> faults)
    {
        byte[] json;
        try
        {
            json = File.ReadAllBytes(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            faults.Add(new ConfigFault("", "unreadable-file", $"{path} cannot be read: {error.Message}",
                "Name a configuration document."));
            return null;
        }
        ConfigurationDocument? document = DocumentReader.Read(json, out IReadOnlyList<ConfigFault> found);
        faults.AddRange(document is null ? found : DocumentRules.Check(document));
        return document is null || faults.Count > 0 ? null : new CommitOrder
        {
            Kind = kind,
            Document = document,
            BaseDirectory = Path.GetDirectoryName(path)!,
            RuleFileSource = RuleFileSource.Anywhere,
            Author = "appliance",
            Note = note,
        };
    }

    /// <summary>Beside the program, or in a checkout's installer folder.</summary>
    private static string? FindDemo()
    {
        string program = AppContext.BaseDirectory;
        for (string? folder = program; folder is not null; folder = Path.GetDirectoryName(
            folder.TrimEnd('/')))
        {
            string[] places =
            [
                Path.Combine(folder, "defaults", DemoName),
                    Path.Combine(folder, "installer", "defaults", DemoName),
            ];
            if (places.FirstOrDefault(File.Exists) is { } found)
            {
                return found;
            }
        }
        return null;
    }
}
