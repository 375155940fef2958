using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Dataplane.Contract.Configuration;

/// <summary>How many threads handle packets, on which cores, and what they do without work.</summary>
public sealed record WorkersDefinition
{
    /// <summary>More workers than a flow id has room for could not own flows.</summary>
    public const int CountMax = 64;

    [Description("Number of workers; absent: one on one or two cores, else all cores but one.")]
    [Range(1, CountMax)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Count { get; set; }

    [Description("auto, or a list of core numbers such as 2,4-6.")]
    public string Cores { get; set; } = "auto";

    [Description("sleep saves power; spin answers sooner.")]
    public WhenIdle WhenIdle { get; set; } = WhenIdle.Sleep;
}
