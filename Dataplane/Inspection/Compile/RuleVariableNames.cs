using Dataplane.Inspection.Rules;

namespace Dataplane.Inspection.Compile;

/// <summary>Numbers the names of flow bits, host bits and flow integers of one rule set.</summary>
public sealed class RuleVariableNames
{
    public const int NameMax = 65_535;

    private readonly Dictionary<string, ushort> _flowBits = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ushort> _hostBits = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ushort> _integers = new(StringComparer.Ordinal);

    public int FlowBitCount => _flowBits.Count;

    public int IntegerCount => _integers.Count;

    internal BitStep Bit(BitOption option)
    {
        Dictionary<string, ushort> table = option.Owner == BitOwner.Flow ? _flowBits : _hostBits;
        ushort[] bits = [.. option.Names.Select(n => Number(table, n))];
        return new BitStep(option.Owner, option.Command, bits, option.ExpireSeconds);
    }

    internal IntegerStep Integer(FlowIntegerOption option) => new(
        Number(_integers, option.Name),
        option.Command,
        option.Value,
        option.OtherName is { } other ? Number(_integers, other) : -1);

    private static ushort Number(Dictionary<string, ushort> table, string name)
    {
        if (!table.TryGetValue(name, out ushort number))
        {
            if (table.Count == NameMax)
            {
                throw new RuleSyntaxException(
                    "flowbits", $"A rule set may name at most {NameMax} bits or integers.");
            }
            number = (ushort)table.Count;
            table[name] = number;
        }
        return number;
    }
}
