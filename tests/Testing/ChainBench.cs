using System.Text.Json;
using Dataplane.Chains;
using Dataplane.Contract.Configuration;
using Dataplane.Events;
using Dataplane.Flows;
using Dataplane.Native.Memory;
using Dataplane.Packets;
using Dataplane.Stacks;

namespace Testing;

/// <summary>A chain with bus and runner, and a test that says what the stack would: events of one flow,
/// by hand.</summary>
/// <remarks>The client is 10.0.0.1:4000, the server 10.0.0.2:80, TCP, unless told.</remarks>
public sealed class ChainBench : IDisposable
{
    private const uint FlowMax = 16;
    private readonly FlowTable _flows = new(FlowMax, FlowHash.Fixed);
    private readonly NativeArray<byte> _bytes = new(131_072);
    private readonly PacketBurst _burst = new() { Count = 1 };
    private readonly ScriptedStreams _streams;
    private readonly bool[] _begun = new bool[FlowMax];
    private uint _slot;
    private long _nowNs = 1_700_000_000_000_000_000;

    private ChainBench(IReadOnlyList<Chain> chains, INfResources resources)
    {
        _streams = new ScriptedStreams(Bus, this);
        Runner = new ChainRunner(0, Bus, _flows, _streams, Notices, Records);
        Runner.Use([.. chains.Select(chain => new ChainInstance(chain, FlowMax, resources))]);
        for (uint slot = 0; slot < FlowMax; slot++)
        {
            SetFlow(slot, "10.0.0.1", (ushort)(4000 + slot), "10.0.0.2", 80, 6);
        }
    }

    public EventBus Bus { get; } = new();

    public ChainRunner Runner { get; }

    /// <summary>Notices that were handed on.</summary>
    public CollectedNotices Notices { get; } = new();

    /// <summary>Records that NFs wrote.</summary>
    public CollectedRecords Records { get; } = new();

    /// <summary>Changes of subscriptions that the stack was told of.</summary>
    public IReadOnlyList<(StackDepth Before, StackDepth After)> DepthChanges => _streams.Changes;

    /// <summary>Replays the stack was asked for: links and first offset.</summary>
    public IReadOnlyList<(ulong Links, ulong From)> Replays => _streams.Replays;

    /// <summary>What a replay delivers: the bytes kept of the client.</summary>
    public string Kept { get; set; } = "";

    public ref FlowEntry Flow => ref _flows[_slot];

    /// <summary>Time of the next packet, ns since 1970.</summary>
    public long NowNs => _nowNs;

    /// <summary>A bench for a document whose chains are compiled from the given NF classes.</summary>
    public static ChainBench Of(string document, params Type[] kinds) =>
        Of(document, NoResources.Instance, kinds);

    /// <summary>As above, with resources for constructors.</summary>
    public static ChainBench Of(string document, INfResources resources, params Type[] kinds)
    {
        PlanResult plan = Plan(document, kinds);
        return plan.Faults.Count == 0
            ? new ChainBench(plan.Chains, resources)
            : throw new ArgumentException(string.Join("\n", plan.Faults));
    }

    /// <summary>Compiles a document against the given NF classes.</summary>
    public static PlanResult Plan(string document, params Type[] kinds)
    {
        ConfigurationDocument? parsed = DocumentReader.Read(
            System.Text.Encoding.UTF8.GetBytes(document), out IReadOnlyList<ConfigFault> faults);
        return parsed is null ? new PlanResult([], faults)
            : new ChainPlanner(NfCatalog.Of(kinds)).Plan(parsed);
    }

    /// <summary>A document with one chain of one stage; each NF is given as JSON.
    /// Two ports: inline.</summary>
    public static string Document(int ports, params string[] nfs) =>
        $$"""
        {"ports":[{"id":"a","device":"demo"},{"id":"b","device":"demo"}],
         "chains":[{"id":"main","ports":{{(ports == 2 ? """["a","b"]""" : """["a"]""")}},
         "stages":[{"nfs":[{{string.Join(",", nfs)}}]}]}]}
        """;

    /// <summary>An NF as JSON, hearing what its kind declares.</summary>
    public static string Nf(string name, string kind, object? options = null) =>
        JsonSerializer.Serialize(new { name, kind, options = options ?? new { } });

    /// <summary>An NF as JSON with subscriptions, each as JSON.</summary>
    public static string NfHearing(string name, string kind, params string[] subscriptions) =>
        $$"""{"name":"{{name}}","kind":"{{kind}}","subscriptions":[{{string.Join(",", subscriptions)}}]}""";

    /// <summary>The instance of the NF with that name.</summary>
    public T Nf<T>(string name)
        where T : INetworkFunction =>
        (T)Runner.Chains[0].Functions[Index(name)];

    /// <summary>Events of a type that were delivered to the NF with that name,
    /// ancestors' subscribers included.</summary>
    public ulong DeliveredTo<T>(string name)
        where T : unmanaged, IEvent =>
        Runner.Chains[0].DeliveredTo(Index(name))[EventType<T>.Id];

    /// <summary>Events of a type that were built.</summary>
    public ulong Built<T>()
        where T : unmanaged, IEvent =>
        Bus.BuiltByType[EventType<T>.Id];

    /// <summary>Gives a slot another 5-tuple.</summary>
    public void SetFlow(
        uint slot, string client, ushort clientPort, string server, ushort serverPort, byte protocol,
        ushort vlan = 0)
    {
        if (_flows[slot].InUse)
        {
            _flows.Remove(slot);
        }

        // The table gives slots in order at first, and then the one that was freed last.
        FlowKey key = Keys.Of(client, clientPort, server, serverPort, protocol, vlan);
        uint made = _flows.Create(in key, FlowHash.Fixed.Of(in key));
        if (made != slot)
        {
            throw new InvalidOperationException($"The flow was to be in slot {slot} and is in {made}.");
        }
    }

    /// <summary>A packet of the flow in a slot: what the stack says of it, then delivery.
    /// Begins new flows.</summary>
    public Verdict Packet(Side sender, Action says, uint slot = 0)
    {
        _slot = slot;
        ref Packet packet = ref _burst[0];
        packet = default;
        packet.Frame = _bytes.Bytes(0, 60);
        packet.WireLength = 60;
        packet.Sender = sender;
        packet.TimestampNs = _nowNs;
        packet.Protocol = _flows[slot].Protocol;
        _nowNs += 1_000_000;
        Flow.Count(sender, 60);
        Flow.LastSeenMs = (uint)(packet.TimestampNs / 1_000_000);
        Runner.BeginPacket(_burst, 0, slot);
        if (!_begun[slot])
        {
            _begun[slot] = true;
            _flows[slot].Plan = Runner.ChainFor(0, in _flows.KeyOf(slot));
            Runner.FlowStarted(FlowOrigin.Syn);
        }

        says();
        return Runner.Deliver();
    }

    /// <summary>The stack's part: publishes an event of the current packet if anybody wants it.</summary>
    public void Say<T>(in T body, Side half = Side.None, string bytes = "")
        where T : unmanaged, IEvent
    {
        ref Packet packet = ref _burst[0];
        ulong wanted = Bus.Wanted<T>(in Flow, packet.Sender, half);
        if (wanted != 0)
        {
            Bus.Collect(wanted, in Flow, _slot, in packet, half, in body, EventFlags.None, Memory(bytes));
        }
    }

    /// <summary>The stack's part: PKT/TCP of the sender's half, then of the receiver's.</summary>
    public void SayTcp()
    {
        Side sender = _burst[0].Sender;
        Say(default(TcpPacket), sender);
        Say(default(TcpPacket), sender.Other());
    }

    /// <summary>Ends the flow of a slot.</summary>
    public void End(FlowEndReason reason = FlowEndReason.Fin, uint slot = 0)
    {
        Runner.FlowEnded(slot, reason, _nowNs);
        _begun[slot] = false;
        _flows[slot].Generation++;
    }

    public void Wait(TimeSpan time) => _nowNs += (long)time.TotalNanoseconds;

    public void Dispose()
    {
        Runner.Dispose();
        _flows.Dispose();
        _bytes.Dispose();
    }

    internal void Replay(ulong links, ulong from)
    {
        ref Packet packet = ref _burst[0];
        string bytes = from >= (ulong)Kept.Length ? "" : Kept[(int)from..];
        var data = new DataReady(from, (uint)bytes.Length, Side.Client, 0, 0);
        Bus.Collect(
            links, in Flow, _slot, in packet, Side.Server, in data, EventFlags.Replay, Memory(bytes));
    }

    private PacketBytes Memory(string bytes)
    {
        System.Text.Encoding.Latin1.GetBytes(bytes, _bytes.AsSpan(1024, (uint)bytes.Length));
        return bytes.Length == 0 ? default : _bytes.Bytes(1024, (uint)bytes.Length);
    }

    private int Index(string name) =>
        Runner.Chains[0].Chain.Functions.First(function => function.Name == name).Index;

    private sealed class NoResources : INfResources
    {
        public static readonly NoResources Instance = new();

        public object? Find(Type type, string name) => null;
    }

    /// <summary>Stands where the TCP monitor would: notes what it is asked for.</summary>
    private sealed class ScriptedStreams(EventBus bus, ChainBench bench) : IFlowStreams
    {
        public List<(StackDepth, StackDepth)> Changes { get; } = [];

        public List<(ulong, ulong)> Replays { get; } = [];

        public void PrefetchStreams(uint slot)
        {
        }

        public int CopyKept(uint slot, Side side, ulong from, ulong to, Span<byte> target) =>
            System.Text.Encoding.Latin1.GetBytes(bench.Kept.AsSpan((int)from, (int)(to - from)), target);

        public void Replay(uint slot, ref FlowEntry flow, ulong links, ulong from)
        {
            Replays.Add((links, from));
            if (bus.LastEventNumber > 0)
            {
                bench.Replay(links, from == IFlowStreams.FromOldestKept ? 0 : from);
            }
        }

        public TcpSnapshot Snapshot(uint slot, Side half, ref readonly FlowEntry flow) =>
            new() { Half = half, SendNext = flow.ClientPackets, ReceiveNext = flow.ServerPackets };

        public void FlowEnding(uint slot, ref FlowEntry flow, long timeNs)
        {
        }

        public void FlowEnded(uint slot, ref FlowEntry flow)
        {
        }

        public void SubscriptionsChanged(uint slot, ref FlowEntry flow, StackDepth before) =>
            Changes.Add((before, flow.Depth));
    }
}
