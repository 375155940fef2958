using System.Globalization;
using Dataplane.Contract.Configuration;
using Dataplane.Events;

namespace Dataplane.Chains.Parallel;

/// <summary>Decides for each NF of a chain whether it runs on the flow's worker or on another core, and keeps
/// the reasons (engine §7).</summary>
/// <remarks>
/// The document's order is the meaning. NFs of different stages never overlap for one packet; those of one
/// stage may where the rules allow it. An NF on another core that a later one may not overlap is joined: the
/// packet waits for its answer before it goes on.
/// </remarks>
internal sealed class ParallelPlanner
{
    private readonly IReadOnlyList<NfDraft> _drafts;
    private readonly NfRole[] _roles;
    private readonly bool _isInline;
    private readonly Dictionary<(int, int), PairAnswer> _answers = [];
    private readonly bool[] _actsAgain;

    /// <summary>A planner for one chain.</summary>
    /// <param name="drafts">Its NFs in delivery order, their links planned.</param>
    /// <param name="isInline">True when packets pass through the chain.</param>
    /// <param name="rules">The rules.</param>
    public ParallelPlanner(IReadOnlyList<NfDraft> drafts, bool isInline, ParallelRules rules)
    {
        (_drafts, _isInline) = (drafts, isInline);
        _roles = [.. drafts.Select(RoleOf)];
        _actsAgain = ActingAgain(_roles);
        for (int a = 0; a < drafts.Count; a++)
        {
            for (int b = a + 1; b < drafts.Count; b++)
            {
                PairAnswer answer = rules.Judge(_roles[a], _roles[b], _roles);
                _answers[(a, b)] = drafts[a].Stage == drafts[b].Stage ? answer : AcrossStages(a, b, answer);
            }
        }
    }

    /// <summary>The placement of each NF, by index.</summary>
    public NfPlacement[] Plan()
    {
        var isParallel = new bool[_drafts.Count];
        var reasons = new string[_drafts.Count];
        for (int nf = 0; nf < _drafts.Count; nf++)
        {
            (isParallel[nf], reasons[nf]) = Decide(nf);
        }

        KeepOneInline(isParallel, reasons);
        return [.. _drafts.Select((draft, nf) => new NfPlacement(
            isParallel[nf],
            isParallel[nf] ? CoreOf(draft.Definition.Placement) : -1,
            isParallel[nf] ? JoinOf(nf) : NfPlacement.Never,
            reasons[nf])
        {
            Behind = BehindOf(nf),
            MayMove = Obstacle(nf) is null,
        })];
    }

    /// <summary>What was decided of each ordered pair of the chain, in the order of the chain.</summary>
    public PlannedPair[] Pairs() =>
        [.. _answers.OrderBy(pair => pair.Key).Select(pair => new PlannedPair
        {
            Rule = pair.Value.Rule.ToString(),
            Earlier = _roles[pair.Key.Item1].Name,
            Later = _roles[pair.Key.Item2].Name,
            SameStage = _drafts[pair.Key.Item1].Stage == _drafts[pair.Key.Item2].Stage,
            MayOverlap = pair.Value.MayOverlap,
            Text = pair.Value.Text,
        })];

    /// <summary>NFs that hear something in a round after a packet's first: from one behind them, or from one
    /// that acts again itself.</summary>
    private static bool[] ActingAgain(NfRole[] roles)
    {
        var acts = new bool[roles.Length];
        for (int pass = 0; pass < roles.Length; pass++)
        {
            for (int nf = 0; nf < roles.Length; nf++)
            {
                acts[nf] |= roles.Where((other, i) => (i > nf || acts[i]) && other.Reaches(roles[nf])).Any();
            }
        }

        return acts;
    }

    private PairAnswer AcrossStages(int a, int b, PairAnswer answer)
    {
        string otherwise = answer.MayOverlap
            ? $"In one stage they might ({answer.Rule})."
            : $"In one stage they might not either ({answer.Rule}).";
        return answer with
        {
            MayOverlap = false,
            Text = $"{_roles[a].Name} is in a stage before {_roles[b].Name}'s: they never overlap for one "
                + $"packet. {otherwise}",
        };
    }

    private ulong BehindOf(int nf)
    {
        ulong behind = 0;
        for (int earlier = 0; earlier < nf; earlier++)
        {
            behind |= _answers[(earlier, nf)].MayOverlap ? 0 : 1UL << earlier;
        }

        return behind;
    }

    private static int CoreOf(string placement) =>
        placement.StartsWith("core:", StringComparison.Ordinal)
            ? int.Parse(placement.AsSpan("core:".Length), CultureInfo.InvariantCulture)
            : -1;

    private NfRole RoleOf(NfDraft draft)
    {
        NfProfile profile = _isInline ? draft.Manifest.Profile : draft.Manifest.Profile.Listening;
        ushort[] raised = profile.Drops == DropForm.None ? [] : [EventType<PacketDrop>.Id];
        return new NfRole(
            draft.Definition.Name, profile,
            [.. draft.Manifest.Publishes, EventType<SubscriptionChanged>.Id, .. raised],
            [.. draft.Links.SelectMany(link => link.Declaration.Types).Distinct()]);
    }

    private (bool IsParallel, string Reason) Decide(int nf)
    {
        string name = _roles[nf].Name;
        string asked = _drafts[nf].Definition.Placement;
        if (asked == "inline")
        {
            return (false, $"{name} runs on the flow's worker, as asked.");
        }

        if (Obstacle(nf) is { } obstacle)
        {
            return (false, asked == "auto" ? obstacle : $"{obstacle} Asked for {asked}.");
        }

        return asked == "auto" ? DecideItself(nf) : (true, $"{name} runs on another core, as asked.");
    }

    private string? Obstacle(int nf)
    {
        NfProfile profile = _roles[nf].Profile;
        string name = _roles[nf].Name;
        return _roles[nf].Changes != PacketFields.None || profile.ChangesFlow
                ? $"{name} changes packets, which only the flow's worker may do."
            : profile.Drops == DropForm.Packet
                ? $"{name} may drop single packets, which takes back what the stack has learnt of them; only "
                    + "the flow's worker can."
            : profile.Delays ? $"{name} holds packets back, which only the flow's worker may do."
            : _roles[nf].Hears.Any(type => EventTree.IsA(type, EventType<AppEvent>.Id))
                ? $"{name} hears of transactions, which only the flow's worker may look at."
            : _roles[nf].Hears.Any(type => EventTree.IsA(type, EventType<TimerExpired>.Id))
                ? $"{name} sets timers, which run on the flow's worker."
            : (profile.Effects & SideEffects.Packets) != 0
                ? $"{name} sends packets of its own, which leave in their place from the flow's worker only."
            : profile.ReadsKept ? $"{name} reads bytes that the stack keeps; only the flow's worker may."
            : null;
    }

    private (bool IsParallel, string Reason) DecideItself(int nf)
    {
        string name = _roles[nf].Name;
        if (!_roles[nf].Profile.IsHeavy)
        {
            return (false, $"{name} costs less than handing its events to another core.");
        }

        List<PairAnswer> forbidding =
            [.. AnswersInStage(nf).Where(answer => !answer.MayOverlap)];
        if (forbidding.Count > 0)
        {
            return (false, forbidding[0].Text);
        }

        bool hasCompany = _drafts.Any(other => other.Index != nf && other.Stage == _drafts[nf].Stage
            && _roles[other.Index].Profile.IsHeavy);
        return hasCompany
            ? (true, $"{name} is heavy, and every other NF of its stage may run beside it.")
            : (false, $"{name} is the only heavy NF of its stage: there is nothing it could run beside.");
    }

    /// <summary>The worker works, too: of a stage whose heavy NFs could all run elsewhere it keeps the
    /// last.</summary>
    private void KeepOneInline(bool[] isParallel, string[] reasons)
    {
        foreach (var stage in _drafts.GroupBy(draft => draft.Stage))
        {
            NfDraft[] chosen = [.. stage.Where(
                draft => isParallel[draft.Index] && draft.Definition.Placement == "auto")];
            bool isWorkerIdle = !stage.Any(
                draft => !isParallel[draft.Index] && _roles[draft.Index].Profile.IsHeavy);
            if (chosen.Length > 0 && isWorkerIdle)
            {
                isParallel[chosen[^1].Index] = false;
                reasons[chosen[^1].Index] =
                    $"{chosen[^1].Definition.Name} stays on the flow's worker, which would be idle "
                    + "while the others of its stage run elsewhere.";
            }
        }
    }

    /// <summary>The first NF behind it that it may not overlap; the packet's end where only NFs before it
    /// depend on what it says.</summary>
    private int JoinOf(int nf)
    {
        int join = NfPlacement.Never;
        for (int later = nf + 1; later < _drafts.Count && join == NfPlacement.Never; later++)
        {
            join = _answers[(nf, later)].MayOverlap ? NfPlacement.Never : later;
        }

        // The worker must not begin the next round or packet before it where an NF of the chain hears what it
        // says, uses what it uses or writes what it reads: that NF would be ahead. Nor the next round where
        // one speaks to it again: it may have stopped listening.
        NfRole role = _roles[nf];
        bool isAwaited = _roles.Where((other, i) => role.Reaches(other)
            || (i != nf && ParallelRules.ShareState(other, role))
            || (other.Changes & role.Profile.Reads) != 0
            || (_actsAgain[i] && other.Reaches(role))).Any();
        return join == NfPlacement.Never && isAwaited ? _drafts.Count : join;
    }

    private IEnumerable<PairAnswer> AnswersInStage(int nf) =>
        _answers.Where(pair => (pair.Key.Item1 == nf || pair.Key.Item2 == nf)
            && _drafts[pair.Key.Item1].Stage == _drafts[pair.Key.Item2].Stage).Select(pair => pair.Value);
}
