using Dataplane.Events.Applications;
using Dataplane.Inspection.Compile;
using Dataplane.Packets;

namespace Dataplane.Inspection.Verify;

/// <summary>Shows transactions of applications to the rules.</summary>
public sealed partial class RuleInspector
{
    /// <summary>Occurrences of one buffer in one transaction that are inspected.</summary>
    public const int OccurrenceMax = 1_024;

    /// <summary>Bytes of a body that rules look at (Suricata's body limits).</summary>
    public const ulong BodyBytesMax = 100 * 1024;

    private const uint ServerMark = 1u << 31;

    private readonly TransactionTexts _texts = new();

    /// <summary>True when a direction of a transaction has moved, or something irregular came to light, since
    /// the last inspection.</summary>
    public static bool HasNews(AppTransaction transaction, Span<ulong> notes, Side sender)
    {
        var seen = new TransactionNotes(notes, sender);
        return seen.Progress != ProgressOf(transaction, sender) || seen.Anomalies != transaction.Anomalies;
    }

    /// <summary>True when something irregular came to light that neither direction has reported.</summary>
    public static bool HasNewAnomalies(AppTransaction transaction, Span<ulong> notes) =>
        !transaction.Anomalies.IsEmpty
        && new TransactionNotes(notes, Side.Client).Anomalies != transaction.Anomalies
        && new TransactionNotes(notes, Side.Server).Anomalies != transaction.Anomalies;

    /// <summary>Inspects what became known of a transaction in the packet's direction since the last time;
    /// each rule is decided once, when all that it asks for is there.</summary>
    /// <param name="packet">The packet, or a flow's end.</param>
    /// <param name="transaction">What to inspect.</param>
    /// <param name="notes">Words of the transaction that only this inspector uses.</param>
    /// <param name="flow">The flow.</param>
    public void InspectTransaction(
        in InspectedPacket packet, AppTransaction transaction, Span<ulong> notes, ref FlowInspection flow)
    {
        Begin();
        MatchTransaction(packet, transaction, notes, ref flow);
        Judge(packet, ref flow);
    }

    /// <summary>Shows a transaction to the rules, as a part of the inspection of a packet.</summary>
    public void MatchTransaction(
        in InspectedPacket packet, AppTransaction transaction, Span<ulong> notes, ref FlowInspection flow)
    {
        if (flow.IsDecided)
        {
            return;
        }
        var seen = new TransactionNotes(notes, packet.Sender);
        AppProgress from = seen.Progress;
        AppProgress to = ProgressOf(transaction, packet.Sender);
        TransactionGroup group = _rules.Transactions(transaction.Protocol, packet.Sender);
        AppAnomalySet anomalies = transaction.Anomalies;
        if (anomalies != seen.Anomalies)
        {
            Collect(group.Events);
            Decide(packet, transaction, seen, ref flow);
        }

        // Whatever became due now is decided in the order of evaluation, however far each had to wait.
        Collect([]);
        foreach (TransactionLevel level in group.Levels)
        {
            if (level.Level > from && level.Level <= to)
            {
                AddDue(level, transaction, packet.Sender);
            }
        }
        _candidates.AsSpan(0, _candidateCount).Sort();
        Decide(packet, transaction, seen, ref flow);
        seen.Keep(to, anomalies);
    }

    /// <summary>Inspects what came to light of what the flow's sides speak.</summary>
    /// <param name="packet">The packet with which it did.</param>
    /// <param name="anomalies">All of it so far.</param>
    /// <param name="flow">The flow.</param>
    public void InspectFlowEvents(
        in InspectedPacket packet, AppAnomalySet anomalies, ref FlowInspection flow)
    {
        Begin();
        if (flow.IsDecided)
        {
            return;
        }
        const uint Mask = 63;
        const uint First = (uint)FlowInspectionFlags.FirstAnomaly;
        uint reported = ((uint)flow.Flags / First) & Mask;
        foreach (int index in _rules.FlowEventRules)
        {
            CompiledRule rule = _rules.Rules[index];
            int anomaly = rule.ApplicationTests[0].Number;
            if (anomalies.Has((AppAnomaly)anomaly) && ((reported >> anomaly) & 1) == 0
                && ConditionsHold(packet, rule, flow))
            {
                Apply(packet, rule, ref flow);
                Keep(new RuleMatch(rule, InStream: false));
            }
        }
        flow.Flags |= (FlowInspectionFlags)(((uint)anomalies.Low & Mask) * First);
        Judge(packet, ref flow);
    }

    /// <summary>A body that has grown beyond what is inspected counts as complete: its rules need not wait
    /// for its end.</summary>
    private static AppProgress ProgressOf(AppTransaction transaction, Side sender)
    {
        AppProgress progress = transaction.ProgressOf(sender);
        return progress == AppProgress.Body && transaction.BodyOf(sender, 0).SeenBytes >= BodyBytesMax
            ? AppProgress.Trailer : progress;
    }

    private void Decide(
        in InspectedPacket packet, AppTransaction transaction, in TransactionNotes seen,
        ref FlowInspection flow)
    {
        foreach (int index in _candidates.AsSpan(0, _candidateCount))
        {
            CompiledRule rule = _rules.Rules[index];
            if (seen.HasDecided(rule))
            {
                continue;
            }
            long start = Counts.Begin(index);
            bool isMatch = ConditionsHold(packet, rule, flow) && Matches(packet, transaction, rule)
                && (rule.Payload is null || IsWhole(packet, rule, flow, MatchHalf.Transaction));
            Counts.End(index, start, isMatch, packet.TimeNs);
            if (isMatch)
            {
                Apply(packet, rule, ref flow);
                Keep(new RuleMatch(rule, InStream: true) { Transaction = transaction.Number + 1 });
            }
        }
    }

    private void Collect(ReadOnlySpan<int> rules)
    {
        _candidateCount = 0;
        _round++;
        Add(rules);
    }

    private void AddDue(TransactionLevel level, AppTransaction transaction, Side sender)
    {
        Add(level.Always);
        foreach (ViewLiterals literals in level.Views)
        {
            BufferView view = literals.View;
            for (int i = 0; i < OccurrenceMax; i++)
            {
                if (!_texts.TryGet(transaction, sender, view.Text, i, out ReadOnlySpan<byte> text))
                {
                    break;
                }
                Scan(literals.Literals, _transforms.Apply(text, view.Transforms));
            }
        }
    }

    private bool Matches(in InspectedPacket packet, AppTransaction transaction, CompiledRule rule)
    {
        if (!ApplicationTests.Hold(packet, transaction, rule.ApplicationTests))
        {
            return false;
        }
        foreach (CompiledSection section in rule.ApplicationSections)
        {
            if (!Matches(transaction, packet.Sender, section))
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>One of the occurrences of the buffer must do; where there is none, nothing holds, not even
    /// what must not be there.</summary>
    private bool Matches(AppTransaction transaction, Side sender, CompiledSection section)
    {
        BufferView view = section.View;
        for (int i = 0; i < OccurrenceMax; i++)
        {
            if (!_texts.TryGet(transaction, sender, view.Text, i, out ReadOnlySpan<byte> text))
            {
                return false;
            }
            if (_verifier.Matches(_transforms.Apply(text, view.Transforms), section))
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>True when the other half of the rule matched before in the same flow and direction; in
    /// datagrams, in the same one.</summary>
    private bool IsWhole(
        in InspectedPacket packet, CompiledRule rule, in FlowInspection flow, MatchHalf half)
    {
        uint mark = (uint)rule.Index | (packet.Sender == Side.Server ? ServerMark : 0);
        long timeNs = packet.Transport == TransportClass.Tcp ? 0 : packet.TimeNs;
        return _halves.Complete(packet.FlowNumber, flow.FirstSecond, mark, half, timeNs);
    }
}
