using System.Globalization;

namespace Dataplane.Inspection.Rules;

/// <summary>Reads port groups: any, ports, ranges (`a:b`, `:b`, `a:`), lists, negation and
/// variables.</summary>
internal sealed class PortParser(RuleVariables variables)
{
    private const string What = "port";

    public PortSet Parse(string text)
    {
        if (text.Equals("any", StringComparison.OrdinalIgnoreCase))
        {
            return PortSet.Any;
        }
        var take = new List<ValueRange<ushort>>();
        var cut = new List<ValueRange<ushort>>();
        Gather(text.Trim(), false, take, cut, 0);
        ValueRanges<ushort> ports = take.Count == 0 ? ValueRanges<ushort>.All
            : ValueRanges<ushort>.From(take);
        ports = ports.Except(ValueRanges<ushort>.From(cut));
        return ports.IsEmpty
            ? throw new RuleSyntaxException(What, $"'{GroupText.Cut(text)}' leaves no port at all.")
            : new PortSet(ports);
    }

    private void Gather(
        string text, bool negated, List<ValueRange<ushort>> take, List<ValueRange<ushort>> cut, int depth)
    {
        if (depth > GroupText.DepthMax || take.Count + cut.Count > GroupText.ItemsMax)
        {
            throw new RuleSyntaxException(
                What, "The group is too large, nested too deeply, or refers to itself.");
        }
        (bool not, bool bracketed, string rest) = GroupText.Open(text);
        bool inverted = negated ^ not;
        if (rest.Length == 0)
        {
            throw new RuleSyntaxException(What, "A group or one of its members is empty.");
        }
        if (bracketed)
        {
            GroupText.Split(rest, What).ForEach(i => Gather(i, inverted, take, cut, depth + 1));
        }
        else if (rest[0] == '$')
        {
            Gather(variables.Port(rest[1..]), inverted, take, cut, depth + 1);
        }
        else
        {
            (inverted ? cut : take).Add(Range(rest, inverted));
        }
    }

    private static ValueRange<ushort> Range(string text, bool negated)
    {
        if (text.Equals("any", StringComparison.OrdinalIgnoreCase))
        {
            return negated ? throw new RuleSyntaxException(What, "'!any' can match nothing.")
                : new ValueRange<ushort>(0, ushort.MaxValue);
        }
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
        {
            ushort single = One(text);
            return new ValueRange<ushort>(single, single);
        }
        ushort from = colon == 0 ? (ushort)0 : One(text[..colon].Trim());
        ushort to = colon == text.Length - 1 ? ushort.MaxValue : One(text[(colon + 1)..].Trim());
        return from <= to ? new ValueRange<ushort>(from, to)
            : throw new RuleSyntaxException(What, $"The range '{GroupText.Cut(text)}' runs backwards.");
    }

    private static ushort One(string text) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ushort port)
            ? port
            : throw new RuleSyntaxException(What, $"'{GroupText.Cut(text)}' is not a port (0 to 65535).");
}
