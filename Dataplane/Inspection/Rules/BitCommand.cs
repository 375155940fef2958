namespace Dataplane.Inspection.Rules;

/// <summary>What flowbits, hostbits and xbits can do with a named bit.</summary>
public enum BitCommand : byte
{
    Set,
    Unset,
    Toggle,
    IsSet,
    IsNotSet,
}

/// <summary>What a named bit belongs to.</summary>
public enum BitOwner : byte
{
    Flow,
    SourceHost,
    DestinationHost,
    HostPair,
}
