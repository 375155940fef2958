using Dataplane.Packets;

namespace Dataplane.Events;

/// <summary>One switchable subscription of an NF, compiled: one bit of the mask.</summary>
public sealed record LinkDeclaration
{
    /// <summary>Index of the NF in the chain's delivery order.</summary>
    public required int Nf { get; init; }

    /// <summary>Name of the subscription, unique in its NF.</summary>
    public required string Name { get; init; }

    /// <summary>Subscribed event types; descendants are included.</summary>
    public required IReadOnlyList<ushort> Types { get; init; }

    /// <summary>Senders accepted; null means both and none.</summary>
    public Side? Sender { get; init; }

    /// <summary>Halves accepted.</summary>
    public HalfFilter Half { get; init; } = HalfFilter.Receiver;

    public Hook Hook { get; init; }

    public bool InitiallyOn { get; init; } = true;

    public LinkDemands Demands { get; init; }

    /// <summary>Where bytes begin when the link is switched on for a flow (DATA_RDY).</summary>
    public StreamStart Start { get; init; }

    /// <summary>What the stack keeps of a stream while the link is on.</summary>
    public StreamKeep Keep { get; init; }

    /// <summary>Conditions, of which one must hold; none: every event of the types is taken.</summary>
    public IReadOnlyList<LinkTest> Tests { get; init; } = [];

    /// <summary>Bytes in larger pieces; null: as they come (DATA_RDY).</summary>
    public LinkGathering? Gathering { get; init; }

    /// <summary>How many events pass, after everything else; null: all.</summary>
    public LinkLimit? Limit { get; init; }

    /// <summary>True when an event of this sender and half is wanted;
    /// events without half always pass.</summary>
    public bool Accepts(Side sender, Side half) =>
        (Sender is null || sender == Side.None || sender == Sender)
        && (half == Side.None || Half switch
        {
            HalfFilter.Both => true,
            HalfFilter.Client => half == Side.Client,
            HalfFilter.Server => half == Side.Server,
            _ => sender == Side.None || half == sender.Other(),
        });
}

/// <summary>Whose half's updates a subscription hears (engine §8).</summary>
public enum HalfFilter : byte
{
    /// <summary>The half that receives the packet: one event a packet.</summary>
    Receiver,
    Client,
    Server,
    Both,
}

/// <summary>Before or after the µStack's update.</summary>
public enum Hook : byte
{
    Post = 0,
    Pre = 1,
}

/// <summary>What a link asks of the stack.</summary>
[Flags]
public enum LinkDemands : byte
{
    None = 0,
    ClientHalf = 1,
    ServerHalf = 2,
    ClientStream = 4,
    ServerStream = 8,

    /// <summary>Its subscriber may drop or change packets.</summary>
    Gate = 16,

    /// <summary>Application parsers: what they find is wanted.</summary>
    Applications = 32,
}
