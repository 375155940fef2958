using Dataplane.Inspection.Rules;

namespace Dataplane.Inspection.Compile;

/// <summary>Reads the files of a rule set, each by what its name says it is: classification.config,
/// reference.config, threshold.config, categories.txt and *.list (iprep), suricata-update's four .conf
/// files; all others hold rules.</summary>
public sealed class RuleSetReader
{
    private readonly Classifications _classifications = new();
    private readonly Reputations _reputations = new();
    private readonly RuleChanges _changes = new();
    private readonly ThresholdFile _thresholds;
    private readonly RuleFile _rules;
    private readonly List<RejectedRule> _rejected = [];

    public RuleSetReader(RuleVariables variables)
    {
        _thresholds = new ThresholdFile(variables);
        _rules = new RuleFile(new RuleParser(variables, _classifications, _reputations), _changes);
    }

    /// <summary>What must be read before what: smaller first.</summary>
    public static int Order(string name) => Path.GetFileName(name) switch
    {
        "classification.config" or "reference.config" => 0,
        _ when RuleChanges.IsNamed(name) || Reputations.IsNamed(name) => 0,
        "threshold.config" => 2,
        _ => 1,
    };

    /// <param name="name">The file as the configuration names it.</param>
    /// <param name="path">Where its content is.</param>
    public void Read(string name, string path)
    {
        switch (Path.GetFileName(name))
        {
            case "classification.config":
                _classifications.Read(File.ReadLines(path));
                break;
            case "reference.config":
                // References are only names of systems here: nothing depends on their addresses.
                File.OpenRead(path).Dispose();
                break;
            case "threshold.config":
                _thresholds.Read(path);
                break;
            case { } changes when RuleChanges.IsNamed(changes):
                _rejected.AddRange(_changes.Read(Path.GetFileNameWithoutExtension(name), path,
                    File.ReadLines(path)));
                break;
            case { } scores when Reputations.IsNamed(scores):
                _rejected.AddRange(_reputations.Read(name, File.ReadLines(path)));
                break;
            default:
                _classifications.ReadBeside(path);
                _rules.Read(path);
                break;
        }
    }

    public RuleSet Compile()
    {
        LoadedRules loaded = _rules.Loaded;
        RejectedRule[] rejected = [.. loaded.Rejected, .. _rejected, .. _thresholds.Rejected];
        return RuleSet.Compile(loaded with { Rejected = rejected }, _thresholds.Lines);
    }
}
