namespace Dataplane.Contract.Configuration;

/// <summary>One step of a chain; its NFs may run in parallel where the planner's rules allow it.</summary>
public sealed record StageDefinition
{
    public IReadOnlyList<NfDefinition> Nfs { get; set; } = [];
}
