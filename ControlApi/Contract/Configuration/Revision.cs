using Dataplane.Contract.Configuration;

namespace ControlApi.Contract.Configuration;

/// <summary>One saved configuration. Rule files are named by the SHA-256 of their content.</summary>
public sealed record Revision : RevisionSummary
{
    public required ConfigurationDocument Document { get; init; }

    public IReadOnlyDictionary<string, string> RuleFiles { get; set; } = new Dictionary<string, string>();
}
