namespace Dataplane.Chains;

/// <summary>What an NF does that can be seen outside the packet.</summary>
/// <remarks>Records and Notices need not be declared: they follow from IWrites and IPublish.</remarks>
[Flags]
public enum SideEffects : byte
{
    None = 0,

    /// <summary>Counters and statistics of its own that people see.</summary>
    Counters = 1,

    /// <summary>Records in files: EVE lines, flow records.</summary>
    Records = 2,

    /// <summary>Notices to people.</summary>
    Notices = 4,

    /// <summary>Packets or connections of its own.</summary>
    Packets = 8,
}
