namespace Dataplane.Contract.Configuration;

/// <summary>Everything one appliance does, as one document: ports, workers, rule sets, chains and limits.</summary>
/// <remarks>The same JSON travels over REST, into revisions, over the control socket and in files.</remarks>
public sealed record ConfigurationDocument
{
    /// <summary>The only format so far.</summary>
    public const int CurrentVersion = 1;

    public int Version { get; init; } = CurrentVersion;

    public IReadOnlyList<PortDefinition> Ports { get; init; } = [];

    public WorkersDefinition Workers { get; init; } = new();

    public IReadOnlyList<RuleSetDefinition> RuleSets { get; init; } = [];

    public IReadOnlyList<ChainDefinition> Chains { get; init; } = [];

    public LimitsDefinition Limits { get; init; } = new();
}
