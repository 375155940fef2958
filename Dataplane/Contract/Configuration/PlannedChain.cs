namespace Dataplane.Contract.Configuration;

/// <summary>
/// One compiled chain: its NFs in delivery order, and how many of its 64 link bits are taken.
/// </summary>
public sealed record PlannedChain(
    string Id, int LinksUsed, IReadOnlyList<PlannedNf> Nfs, IReadOnlyList<string> MicroStacks);
