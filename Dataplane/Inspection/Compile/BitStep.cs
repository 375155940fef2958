using Dataplane.Inspection.Rules;

namespace Dataplane.Inspection.Compile;

/// <summary>A flowbits, hostbits or xbits option with numbers in place of names.</summary>
public sealed record BitStep(BitOwner Owner, BitCommand Command, ushort[] Bits, uint ExpireSeconds)
{
    public bool IsTest => Command is BitCommand.IsSet or BitCommand.IsNotSet;
}
