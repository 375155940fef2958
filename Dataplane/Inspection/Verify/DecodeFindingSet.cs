using Dataplane.Inspection.Rules;

namespace Dataplane.Inspection.Verify;

/// <summary>A set of findings about a packet's headers.</summary>
public struct DecodeFindingSet
{
    private UInt128 _bits;

    public readonly bool IsEmpty => _bits == 0;

    public readonly bool Has(DecodeFinding finding) => ((_bits >> (int)finding) & 1) != 0;

    public void Add(DecodeFinding finding) => _bits |= UInt128.One << (int)finding;
}
