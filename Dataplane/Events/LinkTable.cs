using System.Numerics;
using System.Runtime.CompilerServices;
using Dataplane.Flows;
using Dataplane.Packets;

namespace Dataplane.Events;

/// <summary>What one chain of one revision compiles its subscriptions into: masks over up to 64 links.</summary>
/// <remarks>
/// Bit numbers follow delivery order: stage, place in the stage, entry of the NF. Immutable while it runs.
/// </remarks>
public sealed class LinkTable
{
    /// <summary>The most links a chain may have.</summary>
    public const int LinkMax = 64;

    private const int Sides = 3;
    private const int Hooks = 2;
    private readonly ulong[] _wants;

    /// <summary>A table for the given links, in delivery order.</summary>
    public LinkTable(IReadOnlyList<LinkDeclaration> links)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(links.Count, LinkMax);
        Links = links;
        _wants = new ulong[EventTree.Types.Count * Sides * Sides * Hooks];
        for (int bit = 0; bit < links.Count; bit++)
        {
            Fill(bit, links[bit]);
            ulong mask = 1UL << bit;
            InitialMask |= links[bit].InitiallyOn ? mask : 0;
            AddDemand(links[bit].Demands, mask);
        }
    }

    /// <summary>The links by bit number.</summary>
    public IReadOnlyList<LinkDeclaration> Links { get; }

    /// <summary>Links that are on for a new flow, before flow filters.</summary>
    public ulong InitialMask { get; }

    /// <summary>Links whose subscriber may drop or change packets.</summary>
    public ulong GateMask { get; private set; }

    /// <summary>Links that need TCP state of the client's half, and so on.</summary>
    public ulong ClientHalfMask { get; private set; }

    public ulong ServerHalfMask { get; private set; }

    public ulong ClientStreamMask { get; private set; }

    public ulong ServerStreamMask { get; private set; }

    /// <summary>Links that want an event of this type, sender, half and hook.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Wants(ushort type, Side sender, Side half, Hook hook = Hook.Post) =>
        _wants[IndexOf(type, sender, half, hook)];

    /// <summary>The least stack that serves the links which are on.</summary>
    public StackDepth DepthOf(ulong mask)
    {
        StackDepth depth = StackDepth.Bypass;
        depth |= (mask & ClientHalfMask) != 0 ? StackDepth.ClientHalf : 0;
        depth |= (mask & ServerHalfMask) != 0 ? StackDepth.ServerHalf : 0;
        depth |= (mask & ClientStreamMask) != 0 ? StackDepth.ClientStream | StackDepth.ServerHalf : 0;
        depth |= (mask & ServerStreamMask) != 0 ? StackDepth.ServerStream | StackDepth.ClientHalf : 0;
        return depth;
    }

    private static int IndexOf(ushort type, Side sender, Side half, Hook hook) =>
        (((((type * Sides) + (int)sender) * Sides) + (int)half) * Hooks) + (int)hook;

    private void Fill(int bit, LinkDeclaration link)
    {
        foreach (ushort subscribed in link.Types)
        {
            for (ushort type = subscribed; type <= EventTree.Types[subscribed].LastDescendant; type++)
            {
                for (int cell = 0; cell < Sides * Sides; cell++)
                {
                    Side sender = (Side)(cell / Sides);
                    Side half = (Side)(cell % Sides);
                    if (link.Accepts(sender, half))
                    {
                        _wants[IndexOf(type, sender, half, link.Hook)] |= 1UL << bit;
                    }
                }
            }
        }
    }

    private void AddDemand(LinkDemands demands, ulong mask)
    {
        ClientHalfMask |= demands.HasFlag(LinkDemands.ClientHalf) ? mask : 0;
        ServerHalfMask |= demands.HasFlag(LinkDemands.ServerHalf) ? mask : 0;
        ClientStreamMask |= demands.HasFlag(LinkDemands.ClientStream) ? mask : 0;
        ServerStreamMask |= demands.HasFlag(LinkDemands.ServerStream) ? mask : 0;
        GateMask |= demands.HasFlag(LinkDemands.Gate) ? mask : 0;
    }
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
}

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

    /// <summary>True when an event of this sender and half is wanted; events without half always pass.</summary>
    public bool Accepts(Side sender, Side half) =>
        (Sender is null || sender == Side.None || sender == Sender)
        && (half == Side.None || Half switch
        {
            HalfFilter.Both => true,
            HalfFilter.Client => half == Side.Client,
            HalfFilter.Server => half == Side.Server,
            _ => sender == Side.None || half == sender.Other(),
        });

    /// <summary>How many links a mask has on.</summary>
    public static int Count(ulong mask) => BitOperations.PopCount(mask);
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
