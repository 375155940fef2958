using Dataplane.Chains;
using Dataplane.Contract.Configuration;

namespace Dataplane.Engine;

/// <summary>A checked revision, ready to run.</summary>
/// <param name="Number">Its number; 0 while it has none.</param>
/// <param name="Document">The document, without faults.</param>
/// <param name="Chains">Its chains, as the planner compiled them: by plan number,
/// the unmatched flows' last.</param>
/// <param name="BaseDirectory">Where relative file names of the document start.</param>
/// <param name="RuleFiles">From a rule file as the document names it to the file that holds its
/// content.</param>
public sealed record EngineRevision(
    uint Number,
    ConfigurationDocument Document,
    IReadOnlyList<Chain> Chains,
    string BaseDirectory,
    IReadOnlyDictionary<string, string> RuleFiles);
