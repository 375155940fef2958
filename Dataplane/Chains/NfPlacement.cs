using Dataplane.Contract.Configuration;

namespace Dataplane.Chains;

/// <summary>Where an NF runs, and what waits for it.</summary>
/// <param name="IsParallel">On another core than the flow's worker.</param>
/// <param name="Core">The core asked for; -1 when any will do.</param>
/// <param name="JoinBefore">Index of the first NF that must not begin before this one has answered about the
/// same packet; the number of NFs: the packet's end; <see cref="Never"/>: nobody waits.</param>
/// <param name="Reason">Why, for people to read.</param>
/// <param name="Pairs">What the rules said of it and the others of its stage.</param>
public sealed record NfPlacement(
    bool IsParallel, int Core, int JoinBefore, string Reason, IReadOnlyList<PlannedPair> Pairs)
{
    public const int Never = int.MaxValue;

    /// <summary>As a document writes it.</summary>
    public override string ToString() => !IsParallel ? "inline" : Core < 0 ? "parallel" : $"core:{Core}";
}
