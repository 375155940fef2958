namespace Dataplane.Engine;

/// <summary>What a fragment did to its datagram.</summary>
public enum FragmentRole : byte
{
    /// <summary>It waits for the others.</summary>
    Waits,

    /// <summary>It lies over bytes of others.</summary>
    Overlaps,

    /// <summary>It was the last piece.</summary>
    Completes,
}
