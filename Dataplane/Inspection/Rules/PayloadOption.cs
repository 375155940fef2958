namespace Dataplane.Inspection.Rules;

/// <summary>One step of the inspection of a buffer. Steps run in the order of the rule text.</summary>
public abstract class PayloadOption
{
    /// <summary>True when the step starts from where the one before it ended.</summary>
    public bool Relative { get; internal set; }

    /// <summary>True when the step after this one is relative, so other occurrences must be tried.</summary>
    public bool RelativeNext { get; internal set; }
}
