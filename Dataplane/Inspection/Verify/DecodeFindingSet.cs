using Dataplane.Inspection.Rules;

namespace Dataplane.Inspection.Verify;

/// <summary>A set of findings about a packet's headers.</summary>
public struct DecodeFindingSet
{
    private static readonly UInt128 Doubts = Bit(DecodeFinding.Ipv4TruncPkt)
        | Bit(DecodeFinding.Ipv4OptInvalidLen) | Bit(DecodeFinding.Ipv4OptMalformed)
        | Bit(DecodeFinding.Ipv6TruncPkt);

    private UInt128 _bits;

    public readonly bool IsEmpty => _bits == 0;

    /// <summary>True when the IP header as a whole is in doubt.</summary>
    public readonly bool HasDoubt => (_bits & Doubts) != 0;

    public readonly bool Has(DecodeFinding finding) => ((_bits >> (int)finding) & 1) != 0;

    public void Add(DecodeFinding finding) => _bits |= Bit(finding);

    /// <summary>Takes those out that put the header as a whole in doubt.</summary>
    public void RemoveDoubts() => _bits &= ~Doubts;

    private static UInt128 Bit(DecodeFinding finding) => UInt128.One << (int)finding;
}
