using System.ComponentModel.DataAnnotations;
using Dataplane.Chains;
using Dataplane.Events;
using Dataplane.Packets;

namespace Testing;

/// <summary>Hears whatever it is subscribed to and keeps it; can be told what to do on each event.</summary>
[NetworkFunction("recorder", PacketAccess.Gate, Title = "Recorder")]
public sealed class Recorder : INetworkFunction, IHandle<AnyEvent>,
    IPublish<LongFlow>, IPublish<IdsAlert>, IPublish<Probe>
{
    private readonly List<Heard> _heard = [];

    /// <summary>What it heard, in order.</summary>
    public IReadOnlyList<Heard> Events => _heard;

    /// <summary>Paths of what it heard, without "EVENT/".</summary>
    public string Paths => string.Join(' ', _heard.Select(heard => heard.Path["EVENT/".Length..]));

    /// <summary>Called for each event; its verdict is the NF's.</summary>
    public Func<EventRecord, NfContext, Verdict> Then { get; set; } = (_, _) => Verdict.Pass;

    public Verdict Handle(in Event<AnyEvent> e, NfContext context)
    {
        string bytes = EventTree.IsA(e.Record.TypeId, EventType<DataReady>.Id)
            ? System.Text.Encoding.Latin1.GetString(context.Bytes(new Event<DataReady>(in e.Record)).Span)
            : "";
        _heard.Add(new Heard(e.Record, EventTree.Types[e.Record.TypeId].Path, e.Sender, e.Half, bytes));
        return Then(e.Record, context);
    }

    public void Forget() => _heard.Clear();

    /// <summary>One event as it came.</summary>
    public sealed record Heard(EventRecord Record, string Path, Side Sender, Side Half, string Bytes);
}

/// <summary>EVENT/STAT/PROBE: a type that an NF outside the dataplane's assembly brings.</summary>
[Event("PROBE", Parent = typeof(StatEvent))]
public readonly record struct Probe(StatEvent Stat, uint Value) : IEvent;

/// <summary>Handles some types and an ancestor of them; counts which handler was called.</summary>
[NetworkFunction("sorter", PacketAccess.Read)]
[Subscribes("packets", typeof(PacketEvent))]
public sealed class Sorter : INetworkFunction, IHandle<PacketEvent>, IHandle<IpPacket>
{
    /// <summary>Calls of the handler for EVENT/PKT.</summary>
    public int PacketCount { get; private set; }

    /// <summary>Calls of the handler for EVENT/PKT/IP.</summary>
    public int IpCount { get; private set; }

    public Verdict Handle(in Event<PacketEvent> e, NfContext context)
    {
        PacketCount++;
        return Verdict.Pass;
    }

    public Verdict Handle(in Event<IpPacket> e, NfContext context)
    {
        IpCount++;
        return Verdict.Pass;
    }
}

/// <summary>Has a stream subscription that is off until it hears of a protocol.</summary>
[NetworkFunction("late", PacketAccess.Read)]
[Subscribes(Trigger, typeof(TcpPacket))]
[Subscribes(Data, typeof(DataReady), InitiallyOff = true, Start = "offset:0")]
public sealed class Late : INetworkFunction, IHandle<TcpPacket>, IHandle<DataReady>
{
    public const string Trigger = "trigger";
    public const string Data = "data";

    private readonly List<(string Bytes, bool IsReplay, ulong Number)> _data = [];

    /// <summary>Bytes it got.</summary>
    public IReadOnlyList<(string Bytes, bool IsReplay, ulong Number)> Received => _data;

    /// <summary>The number that Subscribe answered.</summary>
    public ulong Effective { get; private set; }

    /// <summary>Switch the stream on at this many packets.</summary>
    public int At { get; set; } = 2;

    private int _packets;

    public Verdict Handle(in Event<TcpPacket> e, NfContext context)
    {
        if (++_packets == At)
        {
            Effective = context.Subscribe(Data);
            context.Unsubscribe(Trigger);
        }

        return Verdict.Pass;
    }

    public Verdict Handle(in Event<DataReady> e, NfContext context)
    {
        _data.Add((
            System.Text.Encoding.Latin1.GetString(context.Bytes(in e).Span), e.IsReplay,
            e.Record.EventNumber));
        return Verdict.Pass;
    }
}

/// <summary>Throws whenever it hears anything.</summary>
[NetworkFunction("thrower", PacketAccess.Read)]
[Subscribes("packets", typeof(TcpPacket))]
public sealed class Thrower : INetworkFunction, IHandle<TcpPacket>
{
    public Verdict Handle(in Event<TcpPacket> e, NfContext context) =>
        throw new InvalidOperationException("The thrower throws.");
}

/// <summary>An NF with options of several forms.</summary>
[NetworkFunction("configured", PacketAccess.Read)]
[Subscribes("packets", typeof(TcpPacket))]
public sealed class Configured(Configured.Options options) : INetworkFunction, IHandle<TcpPacket>
{
    /// <summary>Options with a range, a form and a rule set.</summary>
    public sealed record Options
    {
        [Range(1, 10)]
        public int Count { get; init; } = 5;

        [RegularExpression("^[a-z]+$")]
        public string Name { get; init; } = "name";

        [NamesRuleSet]
        public string RuleSet { get; init; } = "";
    }

    /// <summary>The options it was made with.</summary>
    public Options Given => options;

    public Verdict Handle(in Event<TcpPacket> e, NfContext context) => Verdict.Pass;
}

/// <summary>Hears each side's packets by a subscription of its own, as an inspecting NF does.</summary>
[NetworkFunction("sided", PacketAccess.Read)]
[Subscribes(Client, typeof(TcpPacket), Sender = "client")]
[Subscribes(Server, typeof(TcpPacket), Sender = "server")]
public sealed class Sided : INetworkFunction, IHandle<TcpPacket>
{
    public const string Client = "client-packets";
    public const string Server = "server-packets";

    private readonly List<(Side Sender, Side Half)> _heard = [];

    /// <summary>Who sent what it heard, and whose half was updated.</summary>
    public IReadOnlyList<(Side Sender, Side Half)> Heard => _heard;

    public Verdict Handle(in Event<TcpPacket> e, NfContext context)
    {
        _heard.Add((e.Sender, e.Half));
        if (e.Sender == Side.Client)
        {
            context.Unsubscribe(Client);
        }

        return Verdict.Pass;
    }
}
