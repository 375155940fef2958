namespace Dataplane.Chains;

/// <summary>
/// What an NF does to packets and to the world, declared: what the parallel planner decides by. Without it
/// the planner assumes the worst that the NF's <see cref="PacketAccess"/> allows.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ProfileAttribute : Attribute
{
    public PacketFields Reads { get; init; } = PacketFields.All;

    public PacketFields Writes { get; init; }

    /// <summary>Adds or removes bytes.</summary>
    public bool Resizes { get; init; }

    public DropForm Drops { get; init; }

    public SideEffects Effects { get; init; }

    /// <summary>Holds packets back or sends them in another order.</summary>
    public bool Delays { get; init; }

    /// <summary>What it does depends on when, or in which order, packets of all flows come.</summary>
    public bool IsOrderSensitive { get; init; }

    /// <summary>Gives flows another identity: addresses, ports, or the connection itself.</summary>
    public bool ChangesFlow { get; init; }

    /// <summary>What it keeps or decides is found by the flow's 5-tuple.</summary>
    public bool KeysOnFlow { get; init; } = true;

    /// <summary>Name of state it shares with other NFs; empty when it shares none.</summary>
    public string Store { get; init; } = "";

    /// <summary>How the shared state bears access from two places.</summary>
    public StoreSharing Sharing { get; init; }

    /// <summary>Subscriptions it switches on at run time, besides those that begin switched off.</summary>
    public string[] SwitchesOn { get; init; } = [];

    /// <summary>May switch a subscription on again that it had switched off for the same flow.</summary>
    public bool ComesBack { get; init; } = true;

    /// <summary>Asks for snapshots of the TCB.</summary>
    public bool ReadsSnapshots { get; init; }

    /// <summary>Copies bytes that the stack keeps of a stream (NfContext.CopyKept).</summary>
    public bool ReadsKept { get; init; }

    /// <summary>An event costs it more than handing the event to another core does.</summary>
    public bool IsHeavy { get; init; }
}

/// <summary>What an NF may drop.</summary>
public enum DropForm : byte
{
    None,

    /// <summary>Whole flows only, from some packet on: DropFlow and RejectFlow.</summary>
    Flow,

    /// <summary>Single packets, too: DropPacket.</summary>
    Packet,
}

/// <summary>How state that NFs share bears access from two places at once.</summary>
public enum StoreSharing : byte
{
    /// <summary>One at a time, in the order of the chain.</summary>
    Exclusive,

    /// <summary>Each flow has a part of its own that only one of the NFs touches.</summary>
    PerFlow,

    /// <summary>Changes can be made in any order: counters.</summary>
    Commutes,
}
