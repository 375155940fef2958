using Dataplane.Events.Applications;
using Dataplane.Inspection.Compile;
using Dataplane.Packets;

namespace Dataplane.Inspection.Verify;

/// <summary>Shows transactions of applications to the rules.</summary>
public sealed partial class RuleInspector
{
    /// <summary>Occurrences of one buffer in one transaction that are inspected.</summary>
    public const int OccurrenceMax = 1_024;

    private const uint ServerMark = 1u << 31;

    private readonly TransactionTexts _texts = new();

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
        if (flow.IsDecided)
        {
            return;
        }
        var seen = new TransactionNotes(notes, packet.Sender);
        AppProgress from = seen.Progress;
        AppProgress to = transaction.ProgressOf(packet.Sender);
        TransactionGroup group = _rules.Transactions(transaction.Protocol, packet.Sender);
        AppAnomalySet anomalies = transaction.Anomalies;
        if (anomalies != seen.Anomalies)
        {
            Collect(group.Events);
            Decide(packet, transaction, seen, ref flow);
        }
        foreach (TransactionLevel level in group.Levels)
        {
            if (level.Level > from && level.Level <= to)
            {
                Collect(level, transaction, packet.Sender);
                Decide(packet, transaction, seen, ref flow);
            }
        }
        seen.Keep(to, anomalies);
        Judge(packet, ref flow);
    }

    private void Decide(
        in InspectedPacket packet, AppTransaction transaction, in TransactionNotes seen,
        ref FlowInspection flow)
    {
        foreach (int index in _candidates.AsSpan(0, _candidateCount))
        {
            CompiledRule rule = _rules.Rules[index];
            if (!seen.HasDecided(rule) && ConditionsHold(packet, rule, flow)
                && Matches(packet, transaction, rule)
                && (rule.Payload is null || IsWhole(packet, rule, flow, MatchHalf.Transaction)))
            {
                Apply(packet, rule, ref flow);
                Keep(new RuleMatch(rule, InStream: true));
            }
        }
    }

    private void Collect(ReadOnlySpan<int> rules)
    {
        _candidateCount = 0;
        _round++;
        Add(rules);
    }

    private void Collect(TransactionLevel level, AppTransaction transaction, Side sender)
    {
        Collect(level.Always);
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
        _candidates.AsSpan(0, _candidateCount).Sort();
    }

    private bool Matches(in InspectedPacket packet, AppTransaction transaction, CompiledRule rule)
    {
        if (!ApplicationTests.Hold(transaction, packet.Sender, packet.TimeNs, rule.ApplicationTests))
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

    /// <summary>One of the occurrences of the buffer must do; where there is none, only what asks for
    /// nothing holds.</summary>
    private bool Matches(AppTransaction transaction, Side sender, CompiledSection section)
    {
        BufferView view = section.View;
        for (int i = 0; i < OccurrenceMax; i++)
        {
            if (!_texts.TryGet(transaction, sender, view.Text, i, out ReadOnlySpan<byte> text))
            {
                return i == 0 && section.HoldsWithoutBuffer;
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
