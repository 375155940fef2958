using Dataplane.Events.Applications;
using Dataplane.Inspection.Compile;
using Dataplane.Inspection.Rules;
using Dataplane.Packets;

namespace Dataplane.Inspection.Verify;

/// <summary>Evaluates tests on an application's transaction that are not about a buffer's bytes.</summary>
internal static class ApplicationTests
{
    public static bool Hold(
        AppTransaction transaction, Side sender, long timeNs, ReadOnlySpan<CompiledTest> tests)
    {
        foreach (CompiledTest test in tests)
        {
            bool holds = test.Test switch
            {
                ApplicationEventTest => transaction.Anomalies.Has((AppAnomaly)test.Number),
                ApplicationNumberTest number =>
                    TransactionTexts.TryGetNumber(transaction, sender, test.Number, timeNs, out ulong value)
                    && number.Test.Holds(value),
                ApplicationChoiceTest choice =>
                    TransactionTexts.TryGetNumber(transaction, sender, test.Number, timeNs, out ulong chosen)
                    && IsOne(choice.Values, chosen) != choice.Negated,
                _ => false,
            };
            if (!holds)
            {
                return false;
            }
        }
        return true;
    }

    private static bool IsOne(IReadOnlyList<uint> values, ulong value)
    {
        for (int i = 0; i < values.Count; i++)
        {
            if (values[i] == value)
            {
                return true;
            }
        }
        return false;
    }
}
