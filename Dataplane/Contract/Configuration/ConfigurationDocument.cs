namespace Dataplane.Contract.Configuration;

/// <summary>
/// Everything one appliance does, as one document: ports, workers, rule sets, chains and limits.
/// </summary>
/// <remarks>
/// The same JSON travels over REST, into revisions, over the control socket and in files. Optional
/// properties are set, not init: generated serializers overwrite the default of an init property that the
/// JSON leaves out.
/// </remarks>
public sealed record ConfigurationDocument
{
    /// <summary>The only format so far.</summary>
    public const int CurrentVersion = 1;

    public int Version { get; set; } = CurrentVersion;

    public IReadOnlyList<PortDefinition> Ports { get; set; } = [];

    public WorkersDefinition Workers { get; set; } = new();

    public IReadOnlyList<RuleSetDefinition> RuleSets { get; set; } = [];

    public IReadOnlyList<EventDefinition> Events { get; set; } = [];

    public IReadOnlyList<ChainDefinition> Chains { get; set; } = [];

    public LimitsDefinition Limits { get; set; } = new();

    public StackDefinition Stack { get; set; } = new();
}
