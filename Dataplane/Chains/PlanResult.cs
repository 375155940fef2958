using Dataplane.Contract.Configuration;
using Dataplane.Events;
using Dataplane.Flows;

namespace Dataplane.Chains;

/// <summary>A compiled document, or everything that is wrong with it.</summary>
/// <param name="Chains">By plan number; the last is that of flows no chain takes.
/// Empty when there are faults.</param>
/// <param name="Faults">Everything that is wrong.</param>
public sealed record PlanResult(IReadOnlyList<Chain> Chains, IReadOnlyList<ConfigFault> Faults)
{
    /// <summary>The plan for people to read, with its reasons.</summary>
    public ChainPlan ToContract() => new(
        [.. Chains.SkipLast(1).Select(chain => new PlannedChain(
            chain.Id,
            chain.Links.Links.Count,
            [.. chain.Functions.Select(nf => new PlannedNf(
                nf.Name, nf.Manifest.Kind, nf.Stage, nf.Placement.ToString(), nf.Placement.Reason, nf.Links)
            {
                JoinedBefore = JoinOf(chain, nf.Placement),
                OnFull = !nf.Placement.IsParallel ? "" : nf.OnFull == OnFull.Shed ? "shed" : "block",
            })],
            MicroStacksOf(chain))
        {
            Parts = PartsOf(chain),
            Pairs = chain.Pairs,
        })]);

    private static PlannedPart[] PartsOf(Chain chain) =>
    [
        .. StackDepthNames.Parts.Select(part => new PlannedPart(part.Name,
        [
            .. chain.Links.Links.Index()
                .Where(link => (chain.Links.AskedBy(link.Index) & part.Part) != 0)
                .Select(link => $"{chain.Functions[link.Item.Nf].Name}/{link.Item.Name}"),
        ])),
    ];

    private static string JoinOf(Chain chain, NfPlacement placement) =>
        placement.JoinBefore < chain.Functions.Count ? chain.Functions[placement.JoinBefore].Name
        : placement.JoinBefore == chain.Functions.Count ? "end"
        : "";

    private static string[] MicroStacksOf(Chain chain)
    {
        LinkTable links = chain.Links;
        bool hasTcp =
            (links.ClientHalfMask | links.ServerHalfMask
                | links.ClientStreamMask | links.ServerStreamMask) != 0;
        return hasTcp ? ["layer23", "tcp-monitor"] : ["layer23"];
    }
}
