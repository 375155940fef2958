namespace Dataplane.Inspection.Rules;

/// <summary>`flowbits`, `hostbits` or `xbits`: several names mean that one of them is enough.</summary>
public sealed record BitOption(
    BitOwner Owner, BitCommand Command, IReadOnlyList<string> Names, uint ExpireSeconds)
{
    public bool IsTest => Command is BitCommand.IsSet or BitCommand.IsNotSet;
}
