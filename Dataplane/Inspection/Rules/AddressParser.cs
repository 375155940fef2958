using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Dataplane.Inspection.Rules;

/// <summary>Reads address groups: any, addresses, CIDR, ranges, lists, negation and variables.</summary>
/// <remarks>As in Suricata a pure negation is taken from the whole space of its own IP version
/// only.</remarks>
internal sealed class AddressParser(RuleVariables variables)
{
    private const string What = "address";

    private sealed class Gathered
    {
        public List<ValueRange<uint>> V4 { get; } = [];

        public List<ValueRange<UInt128>> V6 { get; } = [];

        public List<ValueRange<uint>> NotV4 { get; } = [];

        public List<ValueRange<UInt128>> NotV6 { get; } = [];

        public bool Negates => NotV4.Count + NotV6.Count > 0;
    }

    public AddressSet Parse(string text)
    {
        if (text.Equals("any", StringComparison.OrdinalIgnoreCase))
        {
            return AddressSet.Any;
        }
        var gathered = new Gathered();
        Gather(text.Trim(), false, gathered, 0);
        ValueRanges<uint> v4 = Subtract(gathered.V4, gathered.NotV4, ValueRanges<uint>.All);
        ValueRanges<UInt128> v6 = Subtract(gathered.V6, gathered.NotV6, ValueRanges<UInt128>.All);
        if (v4.IsEmpty && v6.IsEmpty)
        {
            throw new RuleSyntaxException(What, $"'{GroupText.Cut(text)}' leaves no address at all.");
        }
        return new AddressSet(v4, v6, gathered.Negates);
    }

    private static ValueRanges<T> Subtract<T>(
        List<ValueRange<T>> take, List<ValueRange<T>> cut, ValueRanges<T> all)
        where T : struct, System.Numerics.IUnsignedNumber<T>, IComparable<T>, System.Numerics.IMinMaxValue<T>
    {
        ValueRanges<T> from = take.Count == 0 && cut.Count > 0 ? all : ValueRanges<T>.From(take);
        return from.Except(ValueRanges<T>.From(cut));
    }

    private void Gather(string text, bool negated, Gathered into, int depth)
    {
        if (depth > GroupText.DepthMax)
        {
            throw new RuleSyntaxException(
                What, "Groups or variables are nested too deeply or refer to themselves.");
        }
        if (into.V4.Count + into.V6.Count + into.NotV4.Count + into.NotV6.Count > GroupText.ItemsMax)
        {
            throw new RuleSyntaxException(What, "The group has too many members.");
        }
        (bool not, bool bracketed, string rest) = GroupText.Open(text);
        bool inverted = negated ^ not;
        if (rest.Length == 0)
        {
            throw new RuleSyntaxException(What, "A group or one of its members is empty.");
        }
        if (bracketed)
        {
            GatherList(rest, inverted, into, depth);
        }
        else if (rest[0] == '$')
        {
            Gather(variables.Address(rest[1..]), inverted, into, depth + 1);
        }
        else
        {
            AddOne(rest, inverted, into);
        }
    }

    private void GatherList(string rest, bool inverted, Gathered into, int depth)
    {
        List<string> items = GroupText.Split(rest, What);
        if (inverted && items.Any(i => i.StartsWith('!')))
        {
            // A negated list keeps its own exceptions: evaluate it alone, then take the outcome away.
            var inner = new Gathered();
            items.ForEach(i => Gather(i, false, inner, depth + 1));
            into.NotV4.AddRange(Subtract(inner.V4, inner.NotV4, ValueRanges<uint>.All).Ranges);
            into.NotV6.AddRange(Subtract(inner.V6, inner.NotV6, ValueRanges<UInt128>.All).Ranges);
            return;
        }
        items.ForEach(i => Gather(i, inverted, into, depth + 1));
    }

    private static void AddOne(string text, bool negated, Gathered into)
    {
        if (text.Equals("any", StringComparison.OrdinalIgnoreCase))
        {
            if (negated)
            {
                throw new RuleSyntaxException(What, "'!any' can match nothing.");
            }
            into.V4.AddRange(ValueRanges<uint>.All.Ranges);
            into.V6.AddRange(ValueRanges<UInt128>.All.Ranges);
            return;
        }
        if (text.Contains(':', StringComparison.Ordinal))
        {
            (UInt128 from, UInt128 to) = Range(text, AddressFamily.InterNetworkV6);
            (negated ? into.NotV6 : into.V6).Add(new ValueRange<UInt128>(from, to));
        }
        else
        {
            (UInt128 from, UInt128 to) = Range(text, AddressFamily.InterNetwork);
            (negated ? into.NotV4 : into.V4).Add(new ValueRange<uint>((uint)from, (uint)to));
        }
    }

    private static (UInt128 From, UInt128 To) Range(string text, AddressFamily family)
    {
        int bits = family == AddressFamily.InterNetwork ? 32 : 128;
        UInt128 all = bits == 128 ? UInt128.MaxValue : (UInt128.One << bits) - UInt128.One;
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        int dash = text.IndexOf('-', StringComparison.Ordinal);
        if (slash > 0)
        {
            UInt128 address = One(text[..slash].Trim(), family);
            UInt128 mask = Mask(text[(slash + 1)..].Trim(), bits, all, text);
            return (address & mask, (address & mask) | (all & ~mask));
        }
        if (dash > 0)
        {
            UInt128 from = One(text[..dash].Trim(), family);
            UInt128 to = One(text[(dash + 1)..].Trim(), family);
            return from <= to ? (from, to)
                : throw new RuleSyntaxException(What, $"The range '{GroupText.Cut(text)}' runs backwards.");
        }
        UInt128 single = One(text, family);
        return (single, single);
    }

    private static UInt128 Mask(string text, int bits, UInt128 all, string whole)
    {
        if (text.Contains('.', StringComparison.Ordinal))
        {
            return One(text, AddressFamily.InterNetwork);
        }
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int length)
            || length > bits)
        {
            throw new RuleSyntaxException(What, $"'{GroupText.Cut(whole)}' has no valid prefix length.");
        }
        return length == 0 ? UInt128.Zero : all & (all << (bits - length));
    }

    private static UInt128 One(string text, AddressFamily family)
    {
        bool dotted = family == AddressFamily.InterNetworkV6 || text.Count(c => c == '.') == 3;
        if (!dotted || !IPAddress.TryParse(text, out IPAddress? address) || address.AddressFamily != family)
        {
            throw new RuleSyntaxException(What, $"'{GroupText.Cut(text)}' is not an address.");
        }
        UInt128 value = 0;
        foreach (byte octet in address.GetAddressBytes())
        {
            value = (value << 8) | octet;
        }
        return value;
    }
}
