using System.Text.Json.Serialization;
using ControlApi.Contract.Configuration;
using Dataplane.Contract.Configuration;

namespace ControlApi.Contract;

/// <summary>An error as RFC 9457 asks, with every fault at once.</summary>
public sealed record Problem
{
    public string Type { get; set; } = "about:blank";

    public required string Title { get; init; }

    public required int Status { get; init; }

    public string? Detail { get; set; }

    public string? Instance { get; set; }

    public string? TraceId { get; set; }

    public IReadOnlyList<ConfigFault> Errors { get; set; } = [];

    /// <summary>412 only: where the base of the request and the active revision differ.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<FieldDifference>? Differences { get; set; }
}
