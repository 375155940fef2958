using Dataplane.Inspection.Rules;

namespace Dataplane.Inspection.Compile;

/// <summary>The order in which rules are evaluated: action, bits set before bits read, priority, place in the
/// files.</summary>
internal static class RuleOrder
{
    private const int NotUsed = 1;
    private const int Reads = 2;
    private const int SetsAndReads = 3;
    private const int Sets = 4;

    public static CompiledRule[] Sort(IEnumerable<CompiledRule> rules)
    {
        CompiledRule[] sorted =
        [
            .. rules.OrderBy(r => r.Rule.Action)
                .ThenByDescending(r => Use(r.Rule.Bits.Where(b => b.Owner == BitOwner.Flow)))
                .ThenByDescending(r => UseOfIntegers(r.Rule.Integers))
                .ThenByDescending(r => Use(r.Rule.Bits.Where(b => b.Owner != BitOwner.Flow)))
                .ThenBy(r => r.Rule.Priority),
        ];
        for (int i = 0; i < sorted.Length; i++)
        {
            sorted[i].Index = i;
        }
        return sorted;
    }

    private static int Use(IEnumerable<BitOption> bits)
    {
        bool reads = bits.Any(b => b.IsTest);
        bool sets = bits.Any(b => !b.IsTest);
        return Level(sets, reads);
    }

    private static int UseOfIntegers(List<FlowIntegerOption> integers) =>
        Level(integers.Exists(i => !i.IsTest), integers.Exists(i => i.IsTest));

    private static int Level(bool sets, bool reads) =>
        sets ? (reads ? SetsAndReads : Sets) : reads ? Reads : NotUsed;
}
