namespace Dataplane.Inspection.Rules;

/// <summary>The ports one side of a rule header names.</summary>
public sealed class PortSet
{
    private readonly ValueRanges<ushort> _ports;

    internal PortSet(ValueRanges<ushort> ports)
    {
        _ports = ports;
        IsAny = ports.IsAll;
    }

    public static PortSet Any { get; } = new(ValueRanges<ushort>.All);

    public bool IsAny { get; }

    public bool IsEmpty => _ports.IsEmpty;

    public ReadOnlySpan<ValueRange<ushort>> Ranges => _ports.Ranges;

    public bool Contains(ushort port) => IsAny || _ports.Contains(port);
}
