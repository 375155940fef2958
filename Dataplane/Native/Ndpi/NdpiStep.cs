namespace Dataplane.Native.Ndpi;

/// <summary>Whether nDPI wants more packets of a flow.</summary>
public enum NdpiStep
{
    /// <summary>Nothing is sure yet, or more can be learnt: keep feeding.</summary>
    GoOn = 0,

    /// <summary>The answer is final; the flow must be closed and fed no more.</summary>
    Decided = 1,
}
