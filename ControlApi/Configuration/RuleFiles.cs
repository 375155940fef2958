using System.Security.Cryptography;
using Dataplane.Contract.Configuration;
using Persistence;

namespace ControlApi.Configuration;

/// <summary>Keeps rule files by their content, so that an old revision can always be applied again.</summary>
public sealed class RuleFiles(DataFolder folder)
{
    private const int BytesMax = 256 * 1024 * 1024;
    private const string Extension = ".rules";

    private string Folder => Path.Combine(folder.Path, "rules");

    /// <summary>Path of the stored content.</summary>
    public string PathOf(string hash) => Path.Combine(Folder, hash + Extension);

    public Dictionary<string, string> PathsOf(IReadOnlyDictionary<string, string> hashes)
        => hashes.ToDictionary(f => f.Key, f => PathOf(f.Value));

    /// <summary>
    /// Stores every rule file that a document names; returns hashes by name. Known are hashes of files that
    /// may no longer lie where they came from.
    /// </summary>
    public Dictionary<string, string> Keep(
        ConfigurationDocument document, string baseDirectory, IReadOnlyDictionary<string, string> known,
        RuleFileSource source, List<ConfigFault> faults)
    {
        var hashes = new Dictionary<string, string>(StringComparer.Ordinal);
        for (int set = 0; set < document.RuleSets.Count; set++)
        {
            for (int file = 0; file < document.RuleSets[set].Files.Count; file++)
            {
                string name = document.RuleSets[set].Files[file];
                string pointer = $"/ruleSets/{set}/files/{file}";
                if (Find(name, baseDirectory, known, source, pointer, faults) is { } hash)
                {
                    hashes[name] = hash;
                }
            }
        }
        return hashes;
    }

    private string? Find(
        string name, string baseDirectory, IReadOnlyDictionary<string, string> known, RuleFileSource source,
        string pointer, List<ConfigFault> faults)
    {
        string path = Path.GetFullPath(name, baseDirectory);
        bool isInside = path.StartsWith(Path.GetFullPath(baseDirectory) + Path.DirectorySeparatorChar,
            StringComparison.Ordinal);
        bool mayRead = source == RuleFileSource.Anywhere
            || (source == RuleFileSource.BelowFolder && isInside);
        if (mayRead && File.Exists(path))
        {
            return Store(path, pointer, faults);
        }
        if (known.TryGetValue(name, out string? hash) && File.Exists(PathOf(hash)))
        {
            return hash;
        }
        faults.Add(mayRead || source == RuleFileSource.Stored
            ? new ConfigFault(pointer, "missing-file", $"There is no rule file {path}.",
                "Put the file there, or name another.")
            : new ConfigFault(pointer, "outside-file", $"{name} lies outside {baseDirectory}.",
                "Put the file below that folder, or start with --config and a document that names it."));
        return null;
    }

    private string? Store(string path, string pointer, List<ConfigFault> faults)
    {
        try
        {
            if (new FileInfo(path).Length > BytesMax)
            {
                faults.Add(new ConfigFault(pointer, "too-large", $"{path} has more than {BytesMax} bytes.",
                    "Split the file."));
                return null;
            }
            byte[] content = File.ReadAllBytes(path);
            string hash = Convert.ToHexStringLower(SHA256.HashData(content));
            string stored = PathOf(hash);
            if (!File.Exists(stored))
            {
                Directory.CreateDirectory(Folder);
                string unfinished = stored + ".new";
                File.WriteAllBytes(unfinished, content);
                File.Move(unfinished, stored, overwrite: true);
            }
            return hash;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            faults.Add(new ConfigFault(pointer, "unreadable-file", $"{path} cannot be kept: {error.Message}",
                "Check the file's permissions and the room on the disk."));
            return null;
        }
    }
}
