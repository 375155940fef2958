using System.Diagnostics;
using System.Text;
using Dataplane.Chains;
using Dataplane.Contract.Shared;
using Dataplane.Engine;
using Dataplane.Inspection.Compile;
using Dataplane.Inspection.Rules;
using Dataplane.Inspection.Verify;
using Dataplane.NetworkFunctions;

namespace Dataplane.Control;

/// <summary>The table of rules: what each cost and found; all workers and NFs with the same rule set
/// together.</summary>
/// <remarks>Allocates only when a rule set is seen for the first time. Threads: the control thread.</remarks>
internal sealed class StatsRules
{
    private const double NanosecondsPerSecond = 1e9;
    private static readonly double NanosecondsPerTick = NanosecondsPerSecond / Stopwatch.Frequency;

    private readonly RuleRow[] _rows = new RuleRow[StatsLayout.RulesMax];
    private readonly List<(RuleSet Set, RuleRow[] Rows)> _known = [];
    private readonly List<RuleSet> _seen = [];
    private int _rowCount;

    /// <summary>Rules that were checked at least once, set by set in order of evaluation.</summary>
    public ReadOnlySpan<RuleRow> Rows => _rows.AsSpan(0, _rowCount);

    public void Fill(IReadOnlyList<WorkerView> workers)
    {
        _rowCount = 0;
        _seen.Clear();
        for (int worker = 0; worker < workers.Count; worker++)
        {
            IReadOnlyList<ChainInstance> chains = workers[worker].Runner.Chains;
            for (int chain = workers[worker].Runner.FirstPlan; chain < chains.Count; chain++)
            {
                foreach (INetworkFunction function in chains[chain].Functions)
                {
                    if (function is SignatureMatch match && !_seen.Contains(match.Counts.Rules))
                    {
                        _seen.Add(match.Counts.Rules);
                        FillSet(workers, match);
                    }
                }
            }
        }
        Forget();
    }

    private void FillSet(IReadOnlyList<WorkerView> workers, SignatureMatch first)
    {
        RuleSet set = first.Counts.Rules;
        RuleRow[] rows = RowsOf(set, first.RuleSetId);
        for (int rule = 0; rule < rows.Length; rule++)
        {
            ref RuleRow row = ref rows[rule];
            row.Checks = row.Matches = row.Nanoseconds = 0;
            row.LastHitUs = 0;
        }
        for (int worker = 0; worker < workers.Count; worker++)
        {
            IReadOnlyList<ChainInstance> chains = workers[worker].Runner.Chains;
            for (int chain = workers[worker].Runner.FirstPlan; chain < chains.Count; chain++)
            {
                foreach (INetworkFunction function in chains[chain].Functions)
                {
                    if (function is SignatureMatch match && ReferenceEquals(match.Counts.Rules, set))
                    {
                        Add(rows, match.Counts);
                    }
                }
            }
        }
        for (int rule = 0; rule < rows.Length && _rowCount < _rows.Length; rule++)
        {
            if (rows[rule].Checks != 0)
            {
                _rows[_rowCount++] = rows[rule];
            }
        }
    }

    private static void Add(RuleRow[] rows, RuleCounts counts)
    {
        for (int rule = 0; rule < rows.Length; rule++)
        {
            ref readonly RuleCount count = ref counts[rule];
            ref RuleRow row = ref rows[rule];
            row.Checks += count.Checks;
            row.Matches += count.Matches;
            row.LastHitUs = Math.Max(row.LastHitUs, count.LastHitNs / 1_000);
            if (count.SampledChecks != 0)
            {
                double each = count.SampledTicks * NanosecondsPerTick / count.SampledChecks;
                row.Nanoseconds += (ulong)(each * count.Checks);
            }
        }
    }

    /// <summary>What is the same in every look, made once for a rule set.</summary>
    private RuleRow[] RowsOf(RuleSet set, string id)
    {
        foreach ((RuleSet known, RuleRow[] rows) in _known)
        {
            if (ReferenceEquals(known, set))
            {
                return rows;
            }
        }
        var made = new RuleRow[set.Rules.Length];
        var name = SharedName.Of(id);
        for (int i = 0; i < made.Length; i++)
        {
            Rule rule = set.Rules[i].Rule;
            ReadOnlySpan<byte> text = Encoding.UTF8.GetBytes(rule.Message);
            int first = CharacterEnd(text, Math.Min(text.Length, SharedName.BytesMax));
            made[i] = new RuleRow
            {
                RuleSet = name,
                Signature = SharedName.Of(text[..first]),
                SignatureRest = SharedName.Of(text[first..]),
                Sid = rule.Sid,
                Gid = rule.Gid,
                Revision = rule.Revision,
                Action = (uint)rule.Action,
            };
        }
        _known.Add((set, made));
        return made;
    }

    /// <summary>The last end of a character at or before a place in UTF-8.</summary>
    private static int CharacterEnd(ReadOnlySpan<byte> text, int at)
    {
        const int continuationMask = 0xC0;
        const int continuation = 0x80;
        while (at > 0 && at < text.Length && (text[at] & continuationMask) == continuation)
        {
            at--;
        }
        return at;
    }

    /// <summary>Rule sets of revisions that have gone.</summary>
    private void Forget()
    {
        for (int i = _known.Count - 1; i >= 0; i--)
        {
            if (!_seen.Contains(_known[i].Set))
            {
                _known.RemoveAt(i);
            }
        }
    }
}
