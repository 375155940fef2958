using System.Globalization;
using Dataplane.Chains;
using Dataplane.Contract.Configuration;
using Dataplane.Contract.Live;
using Dataplane.Events;
using Dataplane.Flows;
using SubscriptionChanged = Dataplane.Contract.Live.SubscriptionChanged;

namespace Dataplane.Engine;

/// <summary>What people ask of live flows: switch subscriptions, say who hears what.</summary>
/// <remarks>Control thread; each worker does its part between its bursts, a piece of its table at a
/// time.</remarks>
public sealed class FlowCommands(IReadOnlyList<EngineWorker> workers, EngineRevision? revision)
{
    /// <summary>Slots that a worker looks at between two bursts.</summary>
    private const uint SlotsPerOrder = 4_096;

    private const int DemandsMax = 1_000;

    /// <summary>Switches a subscription; null when there are faults.</summary>
    public SubscriptionChanged? Change(SubscriptionChange change, List<ConfigFault> faults)
    {
        FlowChoice? choice = ChoiceOf(change.Flow, change.Filter, faults);
        CheckNames(change, faults);
        StreamStart? start = null;
        if (change.Start is not null)
        {
            if (!StreamStart.TryParse(change.Start, out StreamStart parsed))
            {
                faults.Add(new ConfigFault("/start", "wrong-value", $"'{change.Start}' is no start.",
                    "Write now, retained or offset:N."));
            }

            start = parsed;
        }

        if (faults.Count > 0 || choice is null)
        {
            return null;
        }

        var tally = new ChangeTally();
        foreach (EngineWorker worker in workers.Where(choice.Concerns))
        {
            ulong[] links = [.. worker.View.Runner.Chains.Select(chain => LinksOf(chain.Chain, change))];
            ForEachPiece(worker, choice, parts =>
            {
                foreach (uint slot in choice.Slots(parts.Flows))
                {
                    tally.Matched++;
                    ulong changed = parts.Runner.Change(
                        slot, links[parts.Flows[slot].Plan], change.On, start, parts.Clock.NowNs,
                        out ulong last);
                    if (changed != 0)
                    {
                        tally.Note(FlowId.Of(worker.Number, slot), parts.Flows[slot].Generation, last);
                    }
                }

                return false;
            });
            ulong lastOfWorker = 0;
            worker.Do(parts => lastOfWorker = parts.Bus.LastEventNumber);
            tally.Workers.Add(new ChangedWorker(worker.Number, lastOfWorker));
        }

        if (change.Flow is not null && tally.Matched == 0)
        {
            faults.Add(NoFlow(change.Flow));
            return null;
        }

        return tally.ToContract();
    }

    /// <summary>What live flows are heard by; null when there are faults.</summary>
    public IReadOnlyList<FlowDemand>? Demand(
        string? flow, string filter, int limit, List<ConfigFault> faults)
    {
        if (ChoiceOf(flow, flow is null ? filter : null, faults) is not { } choice)
        {
            return null;
        }

        int most = Math.Clamp(limit, 1, DemandsMax);
        var found = new List<(FlowId Id, FlowEntry Entry, FlowKey Key, ChainInstance Chain, bool IsOld)>();
        foreach (EngineWorker worker in workers.Where(choice.Concerns))
        {
            ForEachPiece(worker, choice, parts =>
            {
                foreach (uint slot in choice.Slots(parts.Flows))
                {
                    ref readonly FlowEntry entry = ref parts.Flows[slot];
                    found.Add((FlowId.Of(worker.Number, slot), entry, parts.Flows.KeyOf(slot),
                        parts.Runner.Chains[entry.Plan], entry.Plan < parts.Runner.FirstPlan));
                    if (found.Count == most)
                    {
                        return true;
                    }
                }

                return false;
            });
        }

        if (flow is not null && found.Count == 0)
        {
            faults.Add(NoFlow(flow));
            return null;
        }

        return [.. found.Select(f => DemandView.Of(f.Id, in f.Entry, in f.Key, f.Chain, f.IsOld))];
    }

    private static void ForEachPiece(EngineWorker worker, FlowChoice choice, Func<WorkerParts, bool> isEnough)
    {
        bool isDone = false;
        for (choice.From = 0; !isDone; choice.From += SlotsPerOrder)
        {
            choice.To = choice.From + SlotsPerOrder;
            worker.Do(parts => isDone = isEnough(parts) || choice.IsOne || choice.To >= parts.Flows.FlowMax);
        }
    }

    private static FlowChoice? ChoiceOf(string? flow, string? filter, List<ConfigFault> faults)
    {
        if ((flow is null) == (filter is null))
        {
            faults.Add(new ConfigFault("", "no-target", "One of flow and filter says which flows are meant.",
                "Give a flow's id, or a filter (empty for all flows)."));
            return null;
        }

        if (flow is not null)
        {
            if (!ulong.TryParse(flow, NumberStyles.None, CultureInfo.InvariantCulture, out ulong identity))
            {
                faults.Add(NoFlow(flow));
                return null;
            }

            return new FlowChoice(identity, FlowFilter.Everything);
        }

        if (!FlowFilter.TryParse(filter!, out FlowFilter parsed, out string? fault))
        {
            faults.Add(new ConfigFault("/filter", "bad-filter", fault!,
                "Use BPF syntax over addresses, ports, protocol and VLAN, such as: tcp port 80."));
            return null;
        }

        return new FlowChoice(null, parsed);
    }

    private static ConfigFault NoFlow(string flow) => new(
        "/flow", "no-such-flow", $"No live flow has the id {flow}.",
        "It may have ended; list the flows anew.");

    private void CheckNames(SubscriptionChange change, List<ConfigFault> faults)
    {
        ChainFunction[] functions = [.. revision?.Chains.SelectMany(chain => chain.Functions) ?? []];
        ChainFunction? function = Array.Find(functions, f => f.Name == change.Nf);
        if (function is null)
        {
            faults.Add(new ConfigFault("/nf", "no-such-nf", $"The running document has no NF {change.Nf}.",
                $"Use one of: {string.Join(", ", functions.Select(f => f.Name))}."));
            return;
        }

        Chain chain = revision!.Chains.First(c => c.Functions.Contains(function));
        if (change.Subscription is not null && LinksOf(chain, change) == 0)
        {
            string names = string.Join(", ", NamesOf(chain, function));
            faults.Add(new ConfigFault("/subscription", "no-such-subscription",
                $"{change.Nf} has no subscription {change.Subscription}.", $"Use one of: {names}."));
        }
    }

    private static IEnumerable<string> NamesOf(Chain chain, ChainFunction function) =>
        chain.Links.Links.Where(link => link.Nf == function.Index).Select(link => link.Name)
            .Concat(function.LinksByName.Keys).Distinct();

    private static ulong LinksOf(Chain chain, SubscriptionChange change)
    {
        ChainFunction? function = chain.Functions.FirstOrDefault(f => f.Name == change.Nf);
        if (function is null)
        {
            return 0;
        }

        if (change.Subscription is null)
        {
            return chain.Links.LinksOf(function.Index);
        }

        ulong links = function.LinksByName.GetValueOrDefault(change.Subscription);
        for (int bit = 0; bit < chain.Links.Links.Count; bit++)
        {
            LinkDeclaration link = chain.Links.Links[bit];
            links |= link.Nf == function.Index && link.Name == change.Subscription ? 1UL << bit : 0;
        }

        return links;
    }
}
