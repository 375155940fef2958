namespace Dataplane.Contract.Configuration;

/// <summary>What a rule said of two NFs of a chain: may they work on a packet at the same time?</summary>
public sealed record PlannedPair
{
    /// <summary>P1 to P14, or None where no rule allows it.</summary>
    public required string Rule { get; set; }

    /// <summary>The one that comes first in the chain.</summary>
    public required string Earlier { get; set; }

    public required string Later { get; set; }

    /// <summary>False: they are in different stages, so they may not, whatever the rule says.</summary>
    public bool SameStage { get; set; }

    /// <summary>True when they may.</summary>
    public bool MayOverlap { get; set; }

    /// <summary>Why, in a sentence that names both.</summary>
    public required string Text { get; set; }
}
