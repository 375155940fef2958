namespace Dataplane.Contract.Configuration;

/// <summary>
/// One compiled chain: its NFs in delivery order, and how many of its 64 link bits are taken.
/// </summary>
public sealed record PlannedChain(
    string Id, int LinksUsed, IReadOnlyList<PlannedNf> Nfs, IReadOnlyList<string> MicroStacks)
{
    /// <summary>What the one stack does for its flows, and for whom: each part once, however many
    /// ask.</summary>
    public IReadOnlyList<PlannedPart> Parts { get; set; } = [];

    /// <summary>What rules P1 to P14 and the stages said of each ordered pair of NFs.</summary>
    public IReadOnlyList<PlannedPair> Pairs { get; set; } = [];
}
