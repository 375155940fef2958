namespace Dataplane.Native.Pcre2;

/// <summary>What a match attempt came to.</summary>
public enum PcreOutcome
{
    NoMatch,
    Matched,

    /// <summary>
    /// A match, depth, heap or stack limit ended it: a fault of the rule, counted by the caller.
    /// </summary>
    LimitReached,

    /// <summary>PCRE2 refused the call.</summary>
    Failed,
}
