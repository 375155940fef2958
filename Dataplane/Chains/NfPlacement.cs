namespace Dataplane.Chains;

/// <summary>Where an NF runs, and what waits for it.</summary>
/// <param name="IsParallel">On another core than the flow's worker.</param>
/// <param name="Core">The core asked for; -1 when any will do.</param>
/// <param name="JoinBefore">Index of the first NF that must not begin before this one has answered about the
/// same packet; the number of NFs: the packet's end; <see cref="Never"/>: nobody waits.</param>
/// <param name="Reason">Why, for people to read.</param>
public sealed record NfPlacement(
    bool IsParallel, int Core, int JoinBefore, string Reason)
{
    public const int Never = int.MaxValue;

    /// <summary>Earlier NFs that it must not overtake with a packet, by bit.</summary>
    public ulong Behind { get; init; }

    /// <summary>It could run on another core, whether it does or not.</summary>
    public bool MayMove { get; init; }

    /// <summary>Index of the NF before which it may begin.</summary>
    public int StartsAt => 64 - System.Numerics.BitOperations.LeadingZeroCount(Behind);

    /// <summary>As a document writes it.</summary>
    public override string ToString() => !IsParallel ? "inline" : Core < 0 ? "parallel" : $"core:{Core}";
}
