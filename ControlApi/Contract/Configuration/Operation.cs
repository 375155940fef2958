using Dataplane.Contract.Configuration;

namespace ControlApi.Contract.Configuration;

/// <summary>Long work: saving and applying a revision.</summary>
public sealed record Operation
{
    public required string Id { get; init; }

    /// <summary>commit, restore, or start.</summary>
    public required string Kind { get; init; }

    public required OperationState State { get; init; }

    public uint? Revision { get; set; }

    public required DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset? ConfirmBy { get; set; }

    /// <summary>Why it failed or was rolled back, in a sentence.</summary>
    public string? Cause { get; set; }

    public IReadOnlyList<ConfigFault>? Faults { get; set; }

    /// <summary>Rules that did not load; the others did.</summary>
    public IReadOnlyList<RejectedRule> RejectedRules { get; set; } = [];
}
