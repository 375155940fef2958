using Dataplane.Events.Applications;
using Dataplane.Inspection.Compile;
using Dataplane.Inspection.Rules;
using Dataplane.Packets;

namespace Dataplane.Inspection.Verify;

/// <summary>What inspection has seen of one transaction, in the transaction's own words: four for each
/// direction, of which three are used.</summary>
internal readonly ref struct TransactionNotes
{
    private const int WordsPerSide = 4;

    private readonly Span<ulong> _own;
    private readonly Span<ulong> _other;

    public TransactionNotes(Span<ulong> notes, Side sender)
    {
        int at = sender == Side.Server ? WordsPerSide : 0;
        _own = notes.Slice(at, WordsPerSide);
        _other = notes.Slice(WordsPerSide - at, WordsPerSide);
    }

    /// <summary>How far the direction was at the last inspection.</summary>
    public AppProgress Progress => (AppProgress)(byte)_own[0];

    /// <summary>What was irregular at the last inspection of the direction.</summary>
    public AppAnomalySet Anomalies => new(_own[1], _own[2]);

    /// <summary>True for a rule whose event was there before; a rule without direction hears it in the first
    /// one only.</summary>
    public bool HasDecided(CompiledRule rule)
    {
        foreach (CompiledTest test in rule.ApplicationTests)
        {
            if (test.Test is ApplicationEventTest)
            {
                bool anySide = (rule.Rule.Flow & (FlowConditions.ToClient | FlowConditions.ToServer)) == 0;
                var anomaly = (AppAnomaly)test.Number;
                return Anomalies.Has(anomaly)
                    || (anySide && new AppAnomalySet(_other[1], _other[2]).Has(anomaly));
            }
        }
        return false;
    }

    public void Keep(AppProgress progress, AppAnomalySet anomalies)
    {
        _own[0] = (byte)progress;
        _own[1] = anomalies.Low;
        _own[2] = anomalies.High;
    }
}
