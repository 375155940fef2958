using System.Numerics;
using System.Runtime.CompilerServices;
using Dataplane.Flows;
using Dataplane.Packets;

namespace Dataplane.Events;

/// <summary>What one chain of one revision compiles its subscriptions into:
/// masks over up to 64 links.</summary>
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
    private readonly ulong[] _linksOfNf;
    private readonly int[] _nfs;
    private readonly int[] _waiting;

    /// <summary>A table for the given links, in delivery order.</summary>
    public LinkTable(IReadOnlyList<LinkDeclaration> links)
        : this(links, ulong.MaxValue)
    {
    }

    private LinkTable(IReadOnlyList<LinkDeclaration> links, ulong alive)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(links.Count, LinkMax);
        Links = links;
        AliveMask = alive;
        _wants = new ulong[EventTree.Types.Count * Sides * Sides * Hooks];
        _linksOfNf = new ulong[links.Count == 0 ? 0 : links.Max(link => link.Nf) + 1];
        var waiting = new List<int>();
        for (int bit = 0; bit < links.Count; bit++)
        {
            ulong mask = 1UL << bit;
            _linksOfNf[links[bit].Nf] |= mask;
            if ((alive & mask) == 0)
            {
                continue;
            }

            Fill(bit, links[bit]);
            PartialTcpMask |= WantsPartOf(links[bit], EventType<TcpPacket>.Id) ? mask : 0;
            InitialMask |= links[bit].InitiallyOn ? mask : 0;
            AddDemand(links[bit].Demands, mask);
            GatheringMask |= links[bit].Gathering is not null ? mask : 0;
            ConditionMask |= links[bit].Tests.Count > 0 || links[bit].Limit is not null ? mask : 0;
            ConditionMask |= GatheringMask;
            if (links[bit].Start.Kind != StreamStartKind.Now)
            {
                waiting.Add(bit);
                WaitableMask |= mask;
            }
        }

        _waiting = [.. waiting];
        _nfs = [.. links.Select(link => link.Nf)];
        FrameMask = Wanting(EventType<EthernetPacket>.Id) | Wanting(EventType<PacketIn>.Id);
        ArrivalMask = Wanting(EventType<PacketIn>.Id) | Wanting(EventType<TcpPacket>.Id, Hook.Pre);
        DepartureMask = Wanting(EventType<PacketOut>.Id);
        UpdateMask = Wanting(EventType<FlowUpdate>.Id) | ArrivalMask | DepartureMask;
        ApplianceMask = Naming(EventType<ChainEvent>.Id, EventType<SystemEvent>.Id);
        FunctionMask = OnlyOfFunctions();
        StrayMask = Naming(EventType<IpFragment>.Id, EventType<BadIpPacket>.Id);
        ushort tcp = EventType<TcpEvent>.Id;
        ushort state = EventType<TcpStateChange>.Id;
        SegmentMask = Wanting(EventType<TcpPacket>.Id);
        RoundTripMask = Wanting(EventType<TcpRoundTrip>.Id);
        StateMask = Wanting(state, EventTree.Types[state].LastDescendant);
        FindingsMask = Wanting(tcp, (ushort)(state - 1)) | Wanting(
            (ushort)(EventTree.Types[state].LastDescendant + 1), EventTree.Types[tcp].LastDescendant);
    }

    /// <summary>The links by bit number.</summary>
    public IReadOnlyList<LinkDeclaration> Links { get; }

    /// <summary>All bits but those of NFs that were taken out.</summary>
    public ulong AliveMask { get; }

    /// <summary>Links that are on for a new flow, before flow filters.</summary>
    public ulong InitialMask { get; }

    /// <summary>Links whose subscriber may drop or change packets.</summary>
    public ulong GateMask { get; private set; }

    /// <summary>Links that want bytes in larger pieces.</summary>
    public ulong GatheringMask { get; }

    /// <summary>Links with predicates, defined events or limits: the others cost no test.</summary>
    public ulong ConditionMask { get; }

    /// <summary>Links that hear of frames without IP.</summary>
    public ulong FrameMask { get; }

    /// <summary>Links that hear of packets before the stack takes them in: PKT/IN, and PKT/TCP at hook
    /// pre.</summary>
    public ulong ArrivalMask { get; }

    /// <summary>Links that hear of packets that leave: PKT/OUT.</summary>
    public ulong DepartureMask { get; }

    /// <summary>Links that name types of CHAIN or SYS: only they hear what concerns no flow.</summary>
    public ulong ApplianceMask { get; }

    /// <summary>Links that want segments of some kind below PKT/TCP, but not all of them.</summary>
    public ulong PartialTcpMask { get; private set; }

    /// <summary>Links that name PKT/IP/FRAG, PKT/IP/BAD or a type below: only they hear of packets that
    /// belong to no flow.</summary>
    public ulong StrayMask { get; }

    /// <summary>Links that hear only what NFs say, nothing of the stacks.</summary>
    public ulong FunctionMask { get; }

    /// <summary>Links that need TCP state of the client's half.</summary>
    public ulong ClientHalfMask { get; private set; }

    /// <summary>Links that need TCP state of the server's half.</summary>
    public ulong ServerHalfMask { get; private set; }

    /// <summary>Links that need the bytes the client sends.</summary>
    public ulong ClientStreamMask { get; private set; }

    /// <summary>Links that need the bytes the server sends.</summary>
    public ulong ServerStreamMask { get; private set; }

    /// <summary>Links that need application parsers.</summary>
    public ulong ApplicationMask { get; private set; }

    /// <summary>Links that hear of every packet of a flow, whatever it is: FLOW/UPDATE.</summary>
    public ulong UpdateMask { get; }

    /// <summary>Links that hear of segments, of whatever kind, behind the stack.</summary>
    public ulong SegmentMask { get; }

    /// <summary>Links that hear of round trips.</summary>
    public ulong RoundTripMask { get; }

    /// <summary>Links that hear of a connection's changes of state.</summary>
    public ulong StateMask { get; }

    /// <summary>Links that hear of what the TCP monitor finds, but for changes of state.</summary>
    public ulong FindingsMask { get; }

    /// <summary>Links that want an event of this type, sender, half and hook.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Wants(ushort type, Side sender, Side half, Hook hook = Hook.Post) =>
        _wants[IndexOf(type, sender, half, hook)];

    /// <summary>All links of the NF that a link belongs to: an event reaches it once,
    /// whichever wants it (E1).</summary>
    public ulong SamePort(int bit) => _linksOfNf[_nfs[bit]];

    /// <summary>The NF that a link belongs to, by its index in delivery order.</summary>
    public int NfOf(int bit) => _nfs[bit];

    /// <summary>All links of the NFs that links belong to.</summary>
    public ulong SamePorts(ulong links)
    {
        ulong ports = 0;
        for (; links != 0; links &= links - 1)
        {
            ports |= SamePort(BitOperations.TrailingZeroCount(links));
        }

        return ports;
    }

    /// <summary>True when links of more than one NF need the bytes that a side sends.</summary>
    public bool HasSeveralReaders(ulong mask, Side side)
    {
        ulong readers = mask & (side == Side.Client ? ClientStreamMask : ServerStreamMask);
        return readers != 0 && (readers & ~SamePort(BitOperations.TrailingZeroCount(readers))) != 0;
    }

    /// <summary>Links that hear of what one side sends, and not of the other's.</summary>
    public ulong OfSender(Side side)
    {
        ulong links = 0;
        for (int bit = 0; bit < Links.Count; bit++)
        {
            links |= Links[bit].Sender == side ? 1UL << bit : 0;
        }

        return links;
    }

    /// <summary>All links of an NF, by its index in delivery order.</summary>
    public ulong LinksOf(int nf) => nf < _linksOfNf.Length ? _linksOfNf[nf] : 0;

    /// <summary>The same table without the links of one NF.</summary>
    public LinkTable Without(int nf) => WithoutLinks(LinksOf(nf));

    /// <summary>The same table without some links.</summary>
    public LinkTable WithoutLinks(ulong links) => new(Links, AliveMask & ~links);

    /// <summary>Links that begin before now when they are switched on: while they are off, the stack keeps
    /// for them.</summary>
    public ulong WaitableMask { get; }

    /// <summary>The least stack that serves the links which are on,
    /// and those which wait to be switched on.</summary>
    /// <param name="mask">Links that are on.</param>
    /// <param name="fitting">Of <see cref="WaitableMask"/> those whose filter takes the flow.</param>
    public StackDepth DepthOf(ulong mask, ulong fitting = ulong.MaxValue)
    {
        mask |= WaitingIn(mask, fitting);
        StackDepth depth = StackDepth.Bypass;
        depth |= (mask & ClientHalfMask) != 0 ? StackDepth.ClientHalf : 0;
        depth |= (mask & ServerHalfMask) != 0 ? StackDepth.ServerHalf : 0;
        depth |= (mask & ClientStreamMask) != 0 ? StackDepth.ClientStream | StackDepth.ServerHalf : 0;
        depth |= (mask & ServerStreamMask) != 0 ? StackDepth.ServerStream | StackDepth.ClientHalf : 0;
        return depth;
    }

    /// <summary>What one link asks of the stack while it is on or waits.</summary>
    public StackDepth AskedBy(int bit) => (AliveMask & (1UL << bit)) == 0 ? StackDepth.Bypass
        : DepthOf(1UL << bit, 0);

    /// <summary>
    /// What the stack keeps of the bytes that <paramref name="side"/> sends: the union of what the links that
    /// are on ask for, and the beginning for those that may be switched on with a start before now.
    /// </summary>
    public KeptRange KeepOf(ulong mask, Side side, ulong fitting = ulong.MaxValue)
    {
        KeptRange kept = KeptRange.None;
        ulong streams = side == Side.Client ? ClientStreamMask : ServerStreamMask;
        ulong waiting = WaitingIn(mask, fitting) & streams;
        for (ulong left = mask & streams; left != 0; left &= left - 1)
        {
            LinkDeclaration link = Links[BitOperations.TrailingZeroCount(left)];
            kept = kept.With(link.Keep);
            if (link.Gathering is not null)
            {
                kept = kept.With(new StreamKeep(StreamKeepKind.Last, StreamKeep.BytesMax));
            }
        }

        for (; waiting != 0; waiting &= waiting - 1)
        {
            LinkDeclaration link = Links[BitOperations.TrailingZeroCount(waiting)];
            kept = kept.With(
                link.Keep.Kind != StreamKeepKind.None || link.Start.Kind == StreamStartKind.Retained
                ? link.Keep
                : new StreamKeep(StreamKeepKind.From, link.Start.Offset));
        }

        return kept;
    }

    /// <summary>Links that are off, begin before now when switched on, whose filter takes the flow, and whose
    /// NF still hears something of it.</summary>
    public ulong WaitingIn(ulong mask, ulong fitting)
    {
        ulong waiting = 0;
        foreach (int bit in _waiting)
        {
            ulong link = 1UL << bit;
            bool isWaiting = (mask & link) == 0 && (fitting & link) != 0 && (mask & SamePort(bit)) != 0;
            waiting |= isWaiting ? link : 0;
        }

        return waiting;
    }

    /// <summary>Links that want a type or one below it at a hook, from whatever side.</summary>
    private ulong Wanting(ushort type, Hook hook = Hook.Post)
    {
        ulong links = 0;
        for (ushort one = type; one <= EventTree.Types[type].LastDescendant; one++)
        {
            for (int cell = 0; cell < Sides * Sides; cell++)
            {
                links |= Wants(one, (Side)(cell / Sides), (Side)(cell % Sides), hook);
            }
        }

        return links;
    }

    /// <summary>Links that name one of these types or one below, not only an ancestor.</summary>
    private ulong Naming(params ReadOnlySpan<ushort> branches)
    {
        ulong links = 0;
        for (int bit = 0; bit < Links.Count; bit++)
        {
            foreach (ushort branch in branches)
            {
                links |= Links[bit].Types.Any(type => EventTree.IsA(type, branch)) ? 1UL << bit : 0;
            }
        }

        return links & AliveMask;
    }

    private ulong OnlyOfFunctions()
    {
        ushort[] branches =
        [
            EventType<PacketEvent>.Id, EventType<FlowEvent>.Id, EventType<TcpEvent>.Id,
            EventType<DataReady>.Id, EventType<AppEvent>.Id, EventType<ChainEvent>.Id,
            EventType<SystemEvent>.Id,
        ];
        ulong links = 0;
        for (int bit = 0; bit < Links.Count; bit++)
        {
            bool hearsStacks = Links[bit].Types.Any(type => branches.Any(
                branch => EventTree.IsA(type, branch) || EventTree.IsA(branch, type)));
            links |= hearsStacks ? 0 : 1UL << bit;
        }

        return links & AliveMask;
    }

    /// <summary>Links that want any of these types, from whatever side.</summary>
    private ulong Wanting(ushort first, ushort last)
    {
        ulong links = 0;
        for (int i = IndexOf(first, 0, 0, 0); i < IndexOf((ushort)(last + 1), 0, 0, 0); i++)
        {
            links |= _wants[i];
        }

        return links;
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

    private static bool WantsPartOf(LinkDeclaration link, ushort type) =>
        link.Types.Any(wanted => wanted > type && wanted <= EventTree.Types[type].LastDescendant)
        && !link.Types.Any(wanted => EventTree.IsA(type, wanted));

    private void AddDemand(LinkDemands demands, ulong mask)
    {
        ClientHalfMask |= demands.HasFlag(LinkDemands.ClientHalf) ? mask : 0;
        ServerHalfMask |= demands.HasFlag(LinkDemands.ServerHalf) ? mask : 0;
        ClientStreamMask |= demands.HasFlag(LinkDemands.ClientStream) ? mask : 0;
        ServerStreamMask |= demands.HasFlag(LinkDemands.ServerStream) ? mask : 0;
        GateMask |= demands.HasFlag(LinkDemands.Gate) ? mask : 0;
        ApplicationMask |= demands.HasFlag(LinkDemands.Applications) ? mask : 0;
    }
}
