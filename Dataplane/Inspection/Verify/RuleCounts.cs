using System.Diagnostics;
using Dataplane.Inspection.Compile;

namespace Dataplane.Inspection.Verify;

/// <summary>What each rule of a set cost and found on one worker.</summary>
/// <remarks>Written by the worker alone; others may read at any time: each figure is whole, together they may
/// be one check apart. Allocates nothing after construction.</remarks>
public sealed class RuleCounts
{
    /// <summary>One check in so many is timed, and stands for all of them.</summary>
    public const int SampleEvery = 64;

    private readonly RuleCount[] _counts;
    private uint _turn;

    public RuleCounts(RuleSet rules)
    {
        Rules = rules;
        _counts = new RuleCount[rules.Rules.Length];
    }

    /// <summary>The rules, in the order of the counts.</summary>
    public RuleSet Rules { get; }

    /// <summary>The figures of a rule, by its index.</summary>
    public ref readonly RuleCount this[int rule] => ref _counts[rule];

    /// <summary>Before a check; what it answers goes to <see cref="End"/>.</summary>
    internal long Begin(int rule)
    {
        _counts[rule].Checks++;
        return ++_turn % SampleEvery == 0 ? Stopwatch.GetTimestamp() : 0;
    }

    internal void End(int rule, long start, bool isMatch, long timeNs)
    {
        if (start == 0 && !isMatch)
        {
            return;
        }
        ref RuleCount count = ref _counts[rule];
        if (start != 0)
        {
            count.SampledChecks++;
            count.SampledTicks += (ulong)(Stopwatch.GetTimestamp() - start);
        }
        if (isMatch)
        {
            count.Matches++;
            count.LastHitNs = timeNs;
        }
    }
}

/// <summary>Figures of one rule on one worker.</summary>
public struct RuleCount
{
    /// <summary>How often the rule's options were compared with a packet, a window or a transaction, because
    /// its literal was found or it has none.</summary>
    public ulong Checks;

    /// <summary>How often all of them held, before thresholds.</summary>
    public ulong Matches;

    /// <summary>Checks that were timed, and their time in ticks of <see cref="Stopwatch"/>.</summary>
    public ulong SampledChecks;
    public ulong SampledTicks;

    /// <summary>Flow time of the last match; 0: none.</summary>
    public long LastHitNs;
}
