using Dataplane.Inspection.Compile;
using Dataplane.Inspection.Rules;
using Dataplane.Native.Pcre2;
using Dataplane.Native.Vectorscan;
using Dataplane.Packets;

namespace Dataplane.Inspection.Verify;

/// <summary>Shows packets and pieces of streams to the rules that may match them and collects the
/// alerts.</summary>
/// <remarks>One per worker and rule set. Allocates nothing after construction.</remarks>
public sealed partial class RuleInspector : IDisposable
{
    /// <summary>Alerts of one packet; later ones are counted, not published (Suricata's
    /// packet-alert-max).</summary>
    public const int AlertMax = 15;

    /// <summary>Matches of one packet before thresholds.</summary>
    public const int MatchMax = 1_024;

    private const uint VariableBlockMax = 65_536;

    private readonly RuleSet _rules;
    private readonly HostTable _hosts;
    private readonly PatternScanner _scanner = new();
    private readonly PcreMatcher _matcher = new();
    private readonly BufferVerifier _verifier;
    private readonly BufferTransforms _transforms;
    private readonly PartialMatches _halves = new();
    private readonly int[] _candidates;
    private readonly uint[] _seen;
    private readonly RuleMatch[] _matches = new RuleMatch[MatchMax];
    private readonly RuleMatch[] _alerts = new RuleMatch[AlertMax];
    private uint _round;
    private int _candidateCount;
    private int _matchCount;
    private int _alertCount;

    public RuleInspector(RuleSet rules, HostTable hosts)
    {
        _rules = rules;
        _hosts = hosts;
        _verifier = new BufferVerifier(_matcher);
        _transforms = new BufferTransforms(_matcher);
        _candidates = new int[Math.Max(1, rules.Rules.Length)];
        _seen = new uint[_candidates.Length];
        Variables = new FlowVariables(rules.Names, VariableBlockMax);
        Counts = new RuleCounts(rules);
        foreach (LiteralIndex literals in rules.Literals)
        {
            if (literals.Database is { } database)
            {
                _scanner.Prepare(database);
            }
        }
    }

    /// <summary>The last packet's alerts, in order of evaluation; valid until the next one.</summary>
    public ReadOnlySpan<RuleMatch> Alerts => _alerts.AsSpan(0, _alertCount);

    /// <summary>What the rules cost and found.</summary>
    public RuleCounts Counts { get; }

    /// <summary>True when a drop or reject rule matched the last packet.</summary>
    public bool Drops { get; private set; }

    /// <summary>Verifications and expressions that were given up at their limits.</summary>
    public ulong LimitCount => _verifier.StepLimitCount + _verifier.ExpressionLimitCount;

    public FlowVariables Variables { get; }

    /// <summary>Alerts beyond <see cref="AlertMax"/> and matches beyond <see cref="MatchMax"/>.</summary>
    public ulong DiscardedCount { get; private set; }

    /// <summary>Inspects one packet, with the piece of stream that became due with it, or a flow's last
    /// piece.</summary>
    public void Inspect(in InspectedPacket packet, RuleGroup group, ref FlowInspection flow)
    {
        Begin();
        Match(packet, group, ref flow);
        Judge(packet, ref flow);
    }

    /// <summary>Begins the inspection of a packet and all that became due with it; <see cref="Judge"/> ends
    /// it.</summary>
    public void Begin()
    {
        _alertCount = 0;
        _matchCount = 0;
        Drops = false;
    }

    /// <summary>Remembers that the flow of a packet is decided, for ICMP errors about it.</summary>
    public void NoteDecided(in InspectedPacket packet) => DecidedFlows.Note(_hosts, packet);

    /// <summary>True for an ICMP error about a flow that is decided: it is not inspected either.</summary>
    public bool IsAboutDecided(in InspectedPacket packet) =>
        packet.Transport is TransportClass.Icmp4 or TransportClass.Icmp6
        && DecidedFlows.IsAbout(_hosts, packet);

    /// <summary>Shows a packet, with its piece of stream, to the rules.</summary>
    public void Match(in InspectedPacket packet, RuleGroup group, ref FlowInspection flow)
    {
        if (!flow.IsDecided)
        {
            Collect(packet, group, ref flow);
            DecidePackets(packet, ref flow);
        }
    }

    private void DecidePackets(in InspectedPacket packet, ref FlowInspection flow)
    {
        foreach (int index in _candidates.AsSpan(0, _candidateCount))
        {
            CompiledRule rule = _rules.Rules[index];
            long start = Counts.Begin(index);
            bool isMatch = Matches(packet, rule, flow, out bool inStream)
                && (!rule.IsTransaction || IsWhole(packet, rule, flow, MatchHalf.Payload));
            Counts.End(index, start, isMatch, packet.TimeNs);
            if (isMatch)
            {
                Apply(packet, rule, ref flow);
                Keep(new RuleMatch(rule, inStream || rule.IsTransaction));
            }
        }
    }

    /// <summary>Inspects what the stack found odd about the connection with this packet.</summary>
    public void InspectFinding(in InspectedPacket packet, ref FlowInspection flow)
    {
        Begin();
        if (flow.IsDecided)
        {
            return;
        }
        Collect(_rules.FindingRules);
        DecidePackets(packet, ref flow);
        Judge(packet, ref flow);
    }

    public void Dispose()
    {
        _scanner.Dispose();
        _matcher.Dispose();
        _halves.Dispose();
        _streamMatches.Dispose();
        Variables.Dispose();
    }

    private void Collect(in InspectedPacket packet, RuleGroup group, ref FlowInspection flow)
    {
        _candidateCount = 0;
        _round++;
        FlowInspectionFlags once = packet.Sender == Side.Server
            ? FlowInspectionFlags.ServerOnceDone : FlowInspectionFlags.ClientOnceDone;
        if (packet.HasPacket && (flow.Flags & once) == 0)
        {
            flow.Flags |= once;
            Add(group.Once);
        }
        Add(group.Always);
        if (group.HasLiterals)
        {
            if (!packet.Payload.IsEmpty && !packet.IsEncrypted
                && (group.WantsPackets || !packet.IsInStream))
            {
                Scan(group.Literals, packet.Payload);
            }
            Scan(group.Literals, packet.Stream);
        }
        _candidates.AsSpan(0, _candidateCount).Sort();
    }

    private void Add(ReadOnlySpan<int> rules)
    {
        foreach (int rule in rules)
        {
            Add(rule);
        }
    }

    private void Add(int rule)
    {
        if (_seen[rule] != _round)
        {
            _seen[rule] = _round;
            _candidates[_candidateCount++] = rule;
        }
    }

    private void Scan(LiteralIndex literals, ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty || literals.Database is not { } database)
        {
            return;
        }
        _scanner.Scan(database, bytes);
        foreach (PatternMatch match in _scanner.Matches)
        {
            Add(literals.RulesOf(match.Id));
        }
        for (uint pattern = 0; _scanner.LostMatchCount > 0 && pattern < literals.PatternCount; pattern++)
        {
            Add(literals.RulesOf(pattern));
        }
    }

    private bool Matches(
        in InspectedPacket packet, CompiledRule rule, in FlowInspection flow, out bool inStream)
    {
        inStream = false;
        bool needsPacket = rule.Payload is null || !rule.WantsStream;
        return ConditionsHold(packet, rule, flow) && (packet.HasPacket || !needsPacket)
            && (rule.Payload is null || PayloadMatches(packet, rule, rule.Payload, flow, out inStream));
    }

    /// <summary>All that a rule asks of addresses, flow and headers, before any payload or transaction is
    /// looked at.</summary>
    private bool ConditionsHold(in InspectedPacket packet, CompiledRule rule, in FlowInspection flow)
    {
        bool speaks = (rule.ApplicationMask == 0 && (!rule.IsDetectionOnly || packet.IsDetection))
            || (rule.ApplicationMask != 0 && Applications.Has(rule.ApplicationMask, packet.Application));
        if (!speaks || !HeaderVerifier.Matches(packet, rule.Rule)
            || !HeaderVerifier.FlowAllows(packet, rule.Rule)
            || !VariablesHold(packet, rule, flow) || !PacketTests.Hold(packet, rule.Tests))
        {
            return false;
        }
        foreach (CompiledSection section in rule.Headers)
        {
            ReadOnlySpan<byte> header = HeaderBytes.Of(packet, section.Source);
            if (header.IsEmpty
                || !_verifier.Matches(_transforms.Apply(header, section.View.Transforms), section))
            {
                return false;
            }
        }
        return true;
    }

    private bool VariablesHold(in InspectedPacket packet, CompiledRule rule, in FlowInspection flow)
    {
        foreach (BitStep step in rule.BitTests)
        {
            bool holds = step.Owner == BitOwner.Flow
                ? Variables.Holds(flow, step) : HostBits.Holds(_hosts, step, packet);
            if (!holds)
            {
                return false;
            }
        }
        foreach (IntegerStep step in rule.IntegerTests)
        {
            if (!Variables.Holds(flow, step))
            {
                return false;
            }
        }
        return true;
    }

    private void Apply(in InspectedPacket packet, CompiledRule rule, ref FlowInspection flow)
    {
        foreach (BitStep step in rule.BitChanges)
        {
            if (step.Owner == BitOwner.Flow)
            {
                Variables.Change(ref flow, step);
            }
            else
            {
                HostBits.Change(_hosts, step, packet);
            }
        }
        foreach (IntegerStep step in rule.IntegerChanges)
        {
            Variables.Change(ref flow, step);
        }
    }

    private void Keep(RuleMatch match)
    {
        if (_matchCount == MatchMax)
        {
            DiscardedCount++;
            return;
        }
        _matches[_matchCount++] = match;
    }

    /// <summary>Thresholds, actions and the end of evaluation at a pass rule, in order of
    /// evaluation.</summary>
    public void Judge(in InspectedPacket packet, ref FlowInspection flow)
    {
        if (_matchCount > 1)
        {
            // Packets, streams and transactions each came in this order; together they may not.
            _matches.AsSpan(0, _matchCount).Sort(static (a, b) => a.Rule.Index.CompareTo(b.Rule.Index));
        }
        foreach (RuleMatch matched in _matches.AsSpan(0, _matchCount))
        {
            RuleMatch match = matched with { Action = Thresholds.ActionOf(_hosts, matched.Rule, packet) };
            ThresholdAnswer answer = Thresholds.Count(_hosts, match.Rule, packet);
            if (answer == ThresholdAnswer.Ignore)
            {
                continue;
            }
            Act(match, ref flow);
            if (answer == ThresholdAnswer.Alert && match.Rule.Rule.Alerts)
            {
                Publish(match);
            }
            if (match.Action == RuleAction.Pass)
            {
                return;
            }
        }
    }

    private void Act(RuleMatch match, ref FlowInspection flow)
    {
        RuleAction action = match.Action;
        if (match.Rule.Rule.Bypasses && !flow.IsDecided)
        {
            flow.Flags |= FlowInspectionFlags.Passed;
        }
        if (action == RuleAction.Alert)
        {
            return;
        }
        bool wholeFlow = match.InStream || (match.Rule.Scope & RuleScope.ActsOnFlow) != 0;
        Drops |= action != RuleAction.Pass;
        if (wholeFlow && !flow.IsDecided)
        {
            flow.Flags |= action == RuleAction.Pass ? FlowInspectionFlags.Passed
                : FlowInspectionFlags.Dropped;
        }
    }

    private void Publish(RuleMatch match)
    {
        if (_alertCount == AlertMax)
        {
            DiscardedCount++;
            return;
        }
        _alerts[_alertCount++] = match;
    }
}
