using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Dataplane.Contract.Configuration;

/// <summary>The ordered path of a flow. The first chain whose match fits takes the flow.</summary>
public sealed record ChainDefinition
{
    [Description("Unique name of the chain.")]
    [RegularExpression(Names.Pattern)]
    public required string Id { get; init; }

    [Description("One port listens; a pair forwards between its two ports.")]
    public IReadOnlyList<string> Ports { get; set; } = [];

    [Description("Which flows the chain takes, as a BPF filter; empty takes all.")]
    public string Match { get; set; } = "";

    [Description("What happens to packets when an NF of the chain fails.")]
    public OnFault OnFault { get; set; } = OnFault.Open;

    public IReadOnlyList<StageDefinition> Stages { get; set; } = [];
}
