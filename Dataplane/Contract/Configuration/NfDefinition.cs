using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Dataplane.Contract.Configuration;

/// <summary>One NF instance of a chain.</summary>
public sealed record NfDefinition
{
    [Description("Unique in the document; notices and metrics show it.")]
    [RegularExpression(Names.Pattern)]
    public required string Name { get; init; }

    [Description("The NF kind, such as dpi, signature-match, flow-stats or logger.")]
    public required string Kind { get; init; }

    [Description("Options of the kind; their JSON Schema is in the catalogue.")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonElement? Options { get; set; }

    [Description("What the NF hears; absent: what its kind declares.")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<SubscriptionDefinition>? Subscriptions { get; set; }

    [Description("auto, inline, parallel or core:N.")]
    [RegularExpression("^(auto|inline|parallel|core:[0-9]{1,4})$")]
    public string Placement { get; set; } = "auto";

    [Description(
        "When it runs on another core and falls behind: block (the worker waits) or shed (it misses events, "
        + "counted; only for NFs that decide nothing about packets). Absent: block.")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public OnFull? OnFull { get; set; }

    [Description("What happens when this NF fails; absent: as the chain says.")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public OnFault? OnFault { get; set; }
}
