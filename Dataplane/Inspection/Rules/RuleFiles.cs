namespace Dataplane.Inspection.Rules;

/// <summary>Reads the rule files of one rule set, with the `classification.config` beside them if there is one.
/// </summary>
public static class RuleFiles
{
    private const string ClassificationFile = "classification.config";

    /// <summary>A file that cannot be read is reported like a rule that does not load.</summary>
    public static LoadedRules Load(IReadOnlyList<string> files, IReadOnlyDictionary<string, string> variables)
    {
        var rules = new RuleVariables();
        foreach ((string name, string value) in variables)
        {
            rules.Set(name, value);
        }
        var classifications = new Classifications();
        foreach (string folder in files.Select(f => Path.GetDirectoryName(Path.GetFullPath(f)) ?? "").Distinct())
        {
            ReadClassifications(classifications, Path.Combine(folder, ClassificationFile));
        }
        var reader = new RuleFile(new RuleParser(rules, classifications));
        var unreadable = new List<RejectedRule>();
        foreach (string file in files)
        {
            try
            {
                reader.Read(file);
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                unreadable.Add(new RejectedRule(file, 0, 0, "file", $"The file cannot be read: {fault.Message}"));
            }
        }
        LoadedRules loaded = reader.Loaded;
        return loaded with { Rejected = [.. unreadable, .. loaded.Rejected] };
    }

    private static void ReadClassifications(Classifications classifications, string file)
    {
        try
        {
            if (File.Exists(file))
            {
                classifications.Read(File.ReadLines(file));
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // The shipped class types serve; the rule files beside it report the same trouble.
            _ = fault;
        }
    }
}
