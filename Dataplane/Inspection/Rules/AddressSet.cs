namespace Dataplane.Inspection.Rules;

/// <summary>The addresses one side of a rule header names; IPv4 in host order, IPv6 as 128-bit
/// numbers.</summary>
public sealed class AddressSet
{
    private readonly ValueRanges<uint> _v4;
    private readonly ValueRanges<UInt128> _v6;

    internal AddressSet(ValueRanges<uint> v4, ValueRanges<UInt128> v6, bool hasNegation)
    {
        _v4 = v4;
        _v6 = v6;
        HasNegation = hasNegation;
        IsAny = v4.IsAll && v6.IsAll;
    }

    public static AddressSet Any { get; } = new(ValueRanges<uint>.All, ValueRanges<UInt128>.All, false);

    public bool IsAny { get; }

    /// <summary>True when the text negates something: such a rule is never an IP-only rule.</summary>
    public bool HasNegation { get; }

    public bool IsEmpty => _v4.IsEmpty && _v6.IsEmpty;

    /// <summary>True when both hold the same addresses.</summary>
    public bool IsSame(AddressSet other) => ReferenceEquals(this, other)
        || (_v4.Ranges.SequenceEqual(other._v4.Ranges) && _v6.Ranges.SequenceEqual(other._v6.Ranges));

    public bool ContainsV4(uint address) => _v4.Contains(address);

    public bool ContainsV6(UInt128 address) => _v6.Contains(address);
}
