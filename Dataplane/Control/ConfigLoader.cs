using Dataplane.Chains;
using Dataplane.Contract.Configuration;
using Dataplane.Engine;

namespace Dataplane.Control;

/// <summary>From the bytes of a document to a checked revision;
/// finds every fault there is before it answers.</summary>
public sealed class ConfigLoader(ChainPlanner planner)
{
    /// <summary>The revision, or null with at least one fault.</summary>
    /// <param name="number">The revision's number; 0 to check only.</param>
    /// <param name="document">A configuration document as JSON.</param>
    /// <param name="baseDirectory">Where relative file names start.</param>
    /// <param name="ruleFiles">From a rule file as the document names it to where its content lies.</param>
    /// <param name="faults">Everything that is wrong.</param>
    public EngineRevision? Load(
        uint number, ReadOnlyMemory<byte> document, string baseDirectory,
        IReadOnlyDictionary<string, string> ruleFiles, out IReadOnlyList<ConfigFault> faults)
    {
        ConfigurationDocument? read = DocumentReader.Read(document, out faults);
        if (read is null)
        {
            return null;
        }
        PlanResult plan = planner.Plan(read);
        var found = new List<ConfigFault>(plan.Faults);
        string directory = baseDirectory.Length == 0 ? Environment.CurrentDirectory : baseDirectory;
        Dictionary<string, string> resolved = Resolve(read, directory, ruleFiles, found);
        faults = found;
        return found.Count == 0 ? new EngineRevision(number, read, plan.Chains, directory, resolved) : null;
    }

    private static Dictionary<string, string> Resolve(
        ConfigurationDocument document, string baseDirectory, IReadOnlyDictionary<string, string> ruleFiles,
        List<ConfigFault> faults)
    {
        var resolved = new Dictionary<string, string>(StringComparer.Ordinal);
        for (int set = 0; set < document.RuleSets.Count; set++)
        {
            IReadOnlyList<string> files = document.RuleSets[set].Files;
            for (int file = 0; file < files.Count; file++)
            {
                string path = ruleFiles.GetValueOrDefault(files[file])
                    ?? Path.GetFullPath(files[file], baseDirectory);
                resolved[files[file]] = path;
                if (!File.Exists(path))
                {
                    faults.Add(new ConfigFault($"/ruleSets/{set}/files/{file}", "missing-file",
                        $"There is no rule file {path}.", "Put the file there, or name another."));
                }
            }
        }
        return resolved;
    }
}
