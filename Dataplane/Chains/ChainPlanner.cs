using Dataplane.Chains.Parallel;
using Dataplane.Contract.Configuration;
using Dataplane.Events;

namespace Dataplane.Chains;

/// <summary>From a configuration document to checked chains;
/// finds every fault there is before it answers.</summary>
public sealed class ChainPlanner(NfCatalog catalog)
{
    /// <summary>Compiles a document.</summary>
    /// <returns>Chains in the document's order and that of unmatched flows;
    /// none when there are faults.</returns>
    public PlanResult Plan(ConfigurationDocument document)
    {
        var faults = new List<ConfigFault>(DocumentRules.Check(document));
        var defined = new DefinedEvents(document.Events, faults);
        string[] ruleSets = [.. document.RuleSets.Select(set => set.Id)];
        var chains = new List<Chain>();
        for (int i = 0; i < document.Chains.Count; i++)
        {
            chains.Add(PlanChain(document, (ushort)i, ruleSets, defined, faults));
        }

        chains.Add(Chain.Unmatched((ushort)chains.Count));
        return new PlanResult(faults.Count == 0 ? chains : [], faults);
    }

    private Chain PlanChain(
        ConfigurationDocument document, ushort number, IReadOnlyCollection<string> ruleSets,
        DefinedEvents defined, List<ConfigFault> faults)
    {
        ChainDefinition definition = document.Chains[number];
        string path = $"/chains/{number}";
        if (!FlowFilter.TryParse(definition.Match, out FlowFilter match, out string? fault))
        {
            faults.Add(new ConfigFault(path + "/match", "bad-filter", fault!,
                "Use BPF syntax, such as: tcp port 80."));
        }

        List<NfDraft> drafts = Drafts(definition, path, ruleSets, faults);
        var published = new PublishedTypes(drafts.Select(draft => draft.Manifest));
        bool isInline = definition.Ports.Count == 2;
        foreach (NfDraft draft in drafts)
        {
            new SubscriptionPlanner(draft, published, defined, isInline, faults).Plan();
        }

        faults.AddRange(drafts
            .Where(draft => draft.Definition.OnFull == OnFull.Shed && !IsObserver(draft, isInline))
            .Select(draft => new ConfigFault(draft.Path + "/onFull", "not-an-observer",
                $"{draft.Definition.Name} decides about packets, so it may miss none.",
                "Use block, or leave onFull out.")));
        int linkCount = drafts.Sum(draft => draft.Links.Count);
        if (linkCount > LinkTable.LinkMax)
        {
            string takers = string.Join(", ", drafts.Select(d => $"{d.Definition.Name} {d.Links.Count}"));
            faults.Add(new ConfigFault(path, "too-many-links",
                $"Chain {definition.Id} needs {linkCount} subscriptions that can be switched; "
                + $"{LinkTable.LinkMax} fit: "
                + $"{takers}.", "Name several event types in one subscription, or split the chain."));
            drafts.ForEach(draft => draft.Links.Clear());
        }

        var planner = new ParallelPlanner(drafts, isInline, new ParallelRules());
        return Compile(document, definition, number, match, drafts, planner);
    }

    private static bool IsObserver(NfDraft draft, bool isInline) =>
        (isInline ? draft.Manifest.Profile : draft.Manifest.Profile.Listening).IsObserver;

    private List<NfDraft> Drafts(
        ChainDefinition chain, string path, IReadOnlyCollection<string> ruleSets, List<ConfigFault> faults)
    {
        var drafts = new List<NfDraft>();
        for (int stage = 0; stage < chain.Stages.Count; stage++)
        {
            for (int i = 0; i < chain.Stages[stage].Nfs.Count; i++)
            {
                NfDefinition nf = chain.Stages[stage].Nfs[i];
                string nfPath = $"{path}/stages/{stage}/nfs/{i}";
                if (!catalog.TryFind(nf.Kind, out NfManifest? manifest))
                {
                    faults.Add(new ConfigFault(nfPath + "/kind", "unknown-kind",
                        $"There is no kind of NF named {nf.Kind}.",
                        $"Use one of: {string.Join(", ", catalog.Manifests.Select(m => m.Kind))}."));
                    continue;
                }

                foreach ((ushort type, ushort branch) in manifest.PublishesWithoutRight())
                {
                    faults.Add(new ConfigFault(nfPath + "/kind", "no-right",
                        $"{nf.Kind} publishes {EventTree.Types[type].Path}, but types of "
                        + $"{EventTree.Types[branch].Path} come from the stack alone.",
                        "Publish a type of the NF's own below it."));
                }

                object? options = OptionsReader.Read(manifest, nf.Options, nfPath, ruleSets, faults);
                drafts.Add(new NfDraft(chain, nf, nfPath, stage, drafts.Count, manifest, options));
            }
        }

        return drafts;
    }

    private static Chain Compile(
        ConfigurationDocument document, ChainDefinition definition, ushort number, FlowFilter match,
        List<NfDraft> drafts, ParallelPlanner planner)
    {
        NfPlacement[] placements = planner.Plan();
        var links = new List<LinkDeclaration>();
        var filters = new List<(int, FlowFilter)>();
        var functions = new List<ChainFunction>();
        foreach (NfDraft draft in drafts)
        {
            functions.Add(Function(draft, links.Count, placements[draft.Index]));
            foreach (LinkDraft link in draft.Links)
            {
                if (link.Filter != FlowFilter.Everything)
                {
                    filters.Add((links.Count, link.Filter));
                }

                links.Add(link.Declaration);
            }
        }

        string[] portIds = [.. document.Ports.Select(port => port.Id)];
        return new Chain
        {
            Id = definition.Id,
            Number = number,
            Ports = [.. definition.Ports.Select(id => Array.IndexOf(portIds, id))],
            OnFault = definition.OnFault,
            Match = match,
            Functions = functions,
            Links = new LinkTable(links),
            LinkFilters = filters,
            Pairs = planner.Pairs(),
        };
    }

    private static ChainFunction Function(NfDraft draft, int firstBit, NfPlacement placement)
    {
        var byName = new Dictionary<string, ulong>(StringComparer.Ordinal);
        var planned = new List<PlannedLink>();
        foreach (LinkDraft link in draft.Links)
        {
            int bit = firstBit + planned.Count;
            byName.TryGetValue(link.StandsFor, out ulong bits);
            byName[link.StandsFor] = bits | (1UL << bit);
            planned.Add(new PlannedLink(bit, link.Definition));
        }

        return new ChainFunction
        {
            Name = draft.Definition.Name,
            Chain = draft.Chain.Id,
            Index = (ushort)draft.Index,
            Stage = draft.Stage,
            Manifest = draft.Manifest,
            Options = draft.Options,
            OnFault = draft.Definition.OnFault ?? draft.Chain.OnFault,
            LinksByName = byName,
            SwitchesOn = SwitchedOn(draft, byName),
            Placement = placement,
            OnFull = draft.Definition.OnFull ?? OnFull.Block,
            Links = planned,
        };
    }
    private static ulong SwitchedOn(NfDraft draft, Dictionary<string, ulong> linksByName) =>
        draft.Manifest.Profile.SwitchesOn.Aggregate(
            0UL, (links, name) => links | linksByName.GetValueOrDefault(name));
}
