using ControlApi.Contract.Configuration;
using Dataplane.Contract.Configuration;
using Microsoft.AspNetCore.Components;
using WebUi.Client;
using WebUi.Components.Controls;
using WebUi.Stores;

namespace WebUi.Components.Pages;

/// <summary>The compiled plan of a chain with its reasons: what the NFs share of the stack, where each
/// runs and why, and what the rules said of each pair. A chain changed in the editor is explained as
/// changed.</summary>
public sealed partial class ExplainPage(ApiClient api, ChainDraft draft) : LiveComponent
{
    private const string Inline = "inline";

    private PlannedChain? _plan;
    private bool _isDraft;
    private string _fault = "";
    private IReadOnlyList<ConfigFault> _faults = [];

    [Parameter]
    public string Id { get; set; } = "";

    protected override async Task OnParametersSetAsync()
    {
        _isDraft = draft.IsChanged && draft.Chain?.Id == Id;
        try
        {
            _plan = _isDraft ? await PlanDraftAsync() : await api.GetPlanAsync(Id, Gone);
            _fault = _plan is null ? $"The document has no chain {Id}." : "";
        }
        catch (ApiException fault)
        {
            (_fault, _faults) = (fault.Message, fault.Faults);
        }
    }

    private async Task<PlannedChain?> PlanDraftAsync() =>
        (await api.PlanAsync(draft.Document, Gone)).Chains.FirstOrDefault(chain => chain.Id == Id);

    private static string StackWords(PlannedChain plan)
    {
        int users = plan.Nfs.Count(nf => plan.Parts.Any(part => part.AskedBy.Any(asker => IsOf(asker, nf))));
        return users switch
        {
            0 => "No NF asks for TCP state or bytes: every flow costs a look-up and a send.",
            1 => "TCP is followed once, for one NF.",
            _ => $"TCP is followed once, and serves {users} NFs that would each bring a stack of their own.",
        };
    }

    private static bool IsOf(string asker, PlannedNf nf) =>
        asker.StartsWith(nf.Name + "/", StringComparison.Ordinal);

    private static string Askers(PlannedPart part)
    {
        string[] askers =
        [
            .. part.AskedBy.Select(asker => asker.Split('/', 2)).GroupBy(asker => asker[0])
                .Select(nf => $"{nf.Key} ({string.Join(", ", nf.Select(asker => asker[1]))})"),
        ];
        return askers.Length == 0 ? "nobody asks, so no flow has it" : string.Join(", ", askers);
    }

    private static string StageWords(IEnumerable<PlannedNf> stage)
    {
        int elsewhere = stage.Count(nf => nf.Placement != Inline);
        return elsewhere == 0 ? "on the flow's worker, in this order" : $"{elsewhere} on other cores";
    }

    private static string PlaceWords(PlannedNf nf) => nf.Placement == Inline
        ? "on the flow's worker" : $"on another core ({nf.Placement})";

    private static string WaitWords(PlannedNf nf, PlannedChain plan)
    {
        string wait = nf.JoinedBefore switch
        {
            "" => "",
            _ when plan.Nfs.Any(other => other.Name == nf.JoinedBefore) =>
                $"{nf.JoinedBefore} waits for its answer.",
            _ => "The packet waits for its answer before it leaves.",
        };
        return nf.OnFull switch
        {
            "shed" => $"{wait} When its queue is full it misses events, counted.",
            "block" => $"{wait} When its queue is full the worker waits.",
            _ => wait,
        };
    }

    private static List<PlannedPair> PairsOf(PlannedChain plan, IEnumerable<PlannedNf> stage) =>
        [.. plan.Pairs.Where(pair => pair.SameStage && stage.Any(nf => nf.Name == pair.Earlier))];

    private static string Why(PlannedPair pair) => pair.Rule == "None"
        ? pair.Text : pair.Text.Replace($"{pair.Rule}: ", $"Rule {pair.Rule}: ", StringComparison.Ordinal);
}
