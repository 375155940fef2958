using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Dataplane.Contract.Configuration;

/// <summary>Rule files read together, with the variables their headers use.</summary>
public sealed record RuleSetDefinition
{
    [Description("Unique name of the rule set.")]
    [RegularExpression(Names.Pattern)]
    public required string Id { get; init; }

    [Description("Rule files; relative paths start at the document's folder.")]
    public IReadOnlyList<string> Files { get; set; } = [];

    [Description("Rule variables such as HOME_NET, in Suricata's syntax.")]
    public IReadOnlyDictionary<string, string> Vars { get; set; } = new Dictionary<string, string>();
}
