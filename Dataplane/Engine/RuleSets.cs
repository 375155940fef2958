using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Dataplane.Contract.Configuration;
using Dataplane.Inspection.Compile;
using Dataplane.Inspection.Rules;
using Dataplane.Inspection.Verify;

namespace Dataplane.Engine;

/// <summary>The compiled rule sets of a revision, by their id; shared by all workers,
/// disposed with the revision.</summary>
public sealed class RuleSets : IDisposable
{
    private readonly Dictionary<string, RuleSet> _sets = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HostTable> _hosts = new(StringComparer.Ordinal);
    private readonly List<RejectedRule> _rejected = [];

    /// <summary>Rules that did not load; the others did.</summary>
    public IReadOnlyList<RejectedRule> Rejected => _rejected;

    /// <summary>How many rules did.</summary>
    public int LoadedCount { get; private set; }

    /// <summary>Time that reading and compiling took.</summary>
    public TimeSpan LoadTime { get; private set; }

    /// <summary>Reads and compiles every rule set of a document.
    /// Files that cannot be read are faults.</summary>
    /// <param name="document">A document without faults.</param>
    /// <param name="baseDirectory">Where relative file names start.</param>
    /// <param name="files">From a file as the document names it to the file that holds its content.</param>
    /// <param name="faults">Receives what is wrong.</param>
    public static RuleSets Load(
        ConfigurationDocument document, string baseDirectory,
        IReadOnlyDictionary<string, string> files, ICollection<ConfigFault> faults)
    {
        long start = Stopwatch.GetTimestamp();
        var sets = new RuleSets();
        for (int i = 0; i < document.RuleSets.Count; i++)
        {
            sets.Load(document.RuleSets[i], $"/ruleSets/{i}", baseDirectory, files, faults);
        }

        sets.LoadTime = Stopwatch.GetElapsedTime(start);
        return sets;
    }

    /// <summary>A text that is the same for the same rule sets: their definitions and the bytes of their
    /// files.</summary>
    public static string FingerprintOf(
        ConfigurationDocument document, string baseDirectory, IReadOnlyDictionary<string, string> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (RuleSetDefinition set in document.RuleSets)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(
                $"{set.Id}\n{string.Join('\n', set.Files)}\n{string.Join('\n', set.Vars)}\n"));
            foreach (string named in set.Files)
            {
                string file = files.GetValueOrDefault(named) ?? Path.Combine(baseDirectory, named);
                hash.AppendData(File.Exists(file) ? File.ReadAllBytes(file) : []);
            }
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    /// <summary>A rule set, or null when there is none of that id.</summary>
    public RuleSet? Find(string id) => _sets.GetValueOrDefault(id);

    /// <summary>The table of host-keyed state that goes with a rule set.</summary>
    public HostTable? HostsOf(string id) => _hosts.GetValueOrDefault(id);

    public void Dispose()
    {
        foreach (RuleSet set in _sets.Values)
        {
            set.Dispose();
        }

        foreach (HostTable hosts in _hosts.Values)
        {
            hosts.Dispose();
        }
    }

    private void Load(
        RuleSetDefinition definition, string path, string baseDirectory,
        IReadOnlyDictionary<string, string> files, ICollection<ConfigFault> faults)
    {
        var variables = new RuleVariables();
        foreach ((string name, string value) in definition.Vars)
        {
            variables.Set(name, value);
        }

        var reader = new RuleSetReader(variables);
        foreach (int i in Enumerable.Range(0, definition.Files.Count).OrderBy(
            n => RuleSetReader.Order(definition.Files[n])))
        {
            string named = definition.Files[i];
            string file = files.TryGetValue(named, out string? stored) ? stored
                : Path.Combine(baseDirectory, named);
            try
            {
                reader.Read(named, file);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                faults.Add(new ConfigFault($"{path}/files/{i}", "unreadable",
                    $"The rule file {named} cannot be read: {error.Message}",
                    "Name a rule file that exists."));
            }
        }

        RuleSet set = reader.Compile();
        _sets.Add(definition.Id, set);
        _hosts.Add(definition.Id, new HostTable());
        _rejected.AddRange(set.Rejected);
        LoadedCount += set.Rules.Length;
    }
}
