using Dataplane.Contract.Configuration;
using Dataplane.Events;

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
                nf.Name, nf.Manifest.Kind, nf.Stage, nf.Placement, nf.Reason, nf.Links))],
            MicroStacksOf(chain)))]);

    private static string[] MicroStacksOf(Chain chain)
    {
        LinkTable links = chain.Links;
        bool hasTcp =
            (links.ClientHalfMask | links.ServerHalfMask
                | links.ClientStreamMask | links.ServerStreamMask) != 0;
        return hasTcp ? ["layer23", "tcp-monitor"] : ["layer23"];
    }
}
