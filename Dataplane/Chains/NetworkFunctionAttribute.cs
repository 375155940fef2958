using Dataplane.Events;

namespace Dataplane.Chains;

/// <summary>Registers an NF under its kind: the name used in configurations, kebab-case.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class NetworkFunctionAttribute(string kind, PacketAccess access) : Attribute
{
    public string Kind { get; } = kind;

    public PacketAccess Access { get; } = access;

    /// <summary>Name for people: "Signature match".</summary>
    public string Title { get; init; } = "";

    /// <summary>It may stop listening to one side of a flow (<see cref="NfContext.StopMonitoring"/>): each of
    /// its subscriptions to both sides becomes two links.</summary>
    public bool StopsSides { get; init; }
}

/// <summary>What an NF does to packets.</summary>
public enum PacketAccess : byte
{
    /// <summary>Reads only; its verdict is always Pass.</summary>
    Read,

    /// <summary>Reads, and may drop.</summary>
    Gate,

    /// <summary>May change bytes, and drop.</summary>
    Modify,
}

/// <summary>One subscription an NF declares: an entry that can be switched for each flow.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public sealed class SubscribesAttribute(string name, params Type[] events) : Attribute
{
    /// <summary>Name of the entry, unique in the NF;
    /// what NfContext.Subscribe takes is its <c>const string</c>.</summary>
    public string Name { get; } = name;

    /// <summary>Event types it hears.</summary>
    public IReadOnlyList<Type> Events { get; } = events;

    /// <summary>client, server or both.</summary>
    public string Sender { get; init; } = "both";

    /// <summary>receiver, client, server or both.</summary>
    public string Half { get; init; } = "receiver";

    /// <summary>After the stack's update, or before it; FLOW/END before:
    /// the last chance to say something of a flow.</summary>
    public Hook Hook { get; init; } = Hook.Post;

    /// <summary>Off until the NF switches it on for a flow.</summary>
    public bool InitiallyOff { get; init; }

    /// <summary>Heard whatever a document writes: what the NF needs to give back what it holds of a
    /// flow.</summary>
    public bool Always { get; init; }

    /// <summary>Name of an option: heard only where that one is true; null: whatever the options
    /// say.</summary>
    public string? WhenOption { get; init; }

    /// <summary>now, retained, or offset:N: where bytes begin when it is switched on (DATA_RDY).</summary>
    public string Start { get; init; } = "now";

    /// <summary>none, first:N, last:N: what the stack keeps for it (DATA_RDY).</summary>
    public string Keep { get; init; } = "none";
}
