using System.Buffers.Binary;
using System.ComponentModel;
using Dataplane.Chains;
using Dataplane.Events;
using Dataplane.Flows;
using Dataplane.Inspection;
using Dataplane.Packets;

namespace Dataplane.NetworkFunctions;

/// <summary>Identifies each flow's protocol with nDPI, says it once, and hears no more of the flow.</summary>
/// <remarks>
/// Feeds what ndpiReader feeds, in its order:
/// every packet of the flow until the answer is final or the packet
/// limit is passed (80 for TCP, 24 for UDP), then a guess by port or address.
/// </remarks>
[Profile(Reads = Fields, IsHeavy = true)]
[NetworkFunction("dpi", PacketAccess.Read, Title = "Protocol identification")]
[Description("Identifies the protocol and application of each flow from its first packets.")]
[Subscribes(Packets, typeof(TcpPacket), typeof(IpPacket))]
[Subscribes(Ending, typeof(FlowEnd), Hook = Hook.Pre, Always = true)]
public sealed class Dpi(Dpi.Options options, PerFlow<Dpi.State> states, ProtocolIdentifier identifier)
    : INetworkFunction, IHandle<TcpPacket>, IHandle<IpPacket>, IHandle<FlowEnd>,
      IPublish<DpiDetect>, IPublish<DpiGiveUp>, IPublish<DpiChanged>, IPublish<DpiRisk>
{
    /// <summary>Name of the subscription to packets; off once the flow is identified.</summary>
    public const string Packets = "packets";

    /// <summary>Name of the subscription to ends of flows.</summary>
    public const string Ending = "ending";

    private const PacketFields Fields =
        PacketFields.Ip | PacketFields.Ports | PacketFields.Tcp | PacketFields.Length | PacketFields.Payload;

    private const int TextsBytesMax = EventBus.SideBlockMax;

    /// <summary>What an operator may set.</summary>
    public sealed record Options
    {
        [Description("Tell people of every flow's protocol, as notices; subscribers hear of it anyway.")]
        public bool Notices { get; init; }

        [Description("Say which risks nDPI saw in a flow once it is identified, as EVENT/DPI/RISK.")]
        public bool Risks { get; init; } = true;
    }

    /// <summary>What is kept for a flow.</summary>
    public struct State
    {
        /// <summary>nDPI's flow plus 1; 0 while none is open.</summary>
        public uint OpenFlow;

        /// <summary>The answer so far, 0 for none.</summary>
        public ushort Master;
        public ushort App;
        public byte IsDone;

        /// <summary>Whether that answer had a host name, and its category.</summary>
        public byte HasHost;
        public byte Category;
    }

    /// <summary>Flows that found nDPI's pool empty and got no answer.</summary>
    public ulong PoolEmptyCount { get; private set; }

    public Verdict Handle(in Event<TcpPacket> e, NfContext context)
    {
        Feed(context);
        return Verdict.Pass;
    }

    public Verdict Handle(in Event<IpPacket> e, NfContext context)
    {
        // A fragment is not a datagram; the datagram comes when it has been put together.
        if (!EventTree.IsA(e.Record.TypeId, EventType<IpFragment>.Id))
        {
            Feed(context);
        }

        return Verdict.Pass;
    }

    public Verdict Handle(in Event<FlowEnd> e, NfContext context)
    {
        ref State state = ref states[e.FlowId];
        if (state.OpenFlow != 0)
        {
            Finish(ref state, context, identifier.GiveUp(state.OpenFlow - 1), 0);
        }

        return Verdict.Pass;
    }

    private void Feed(NfContext context)
    {
        ref State state = ref states[context.FlowId];
        if (state.IsDone != 0)
        {
            // A new connection on the same 5-tuple: the flow keeps its answer.
            context.UnsubscribeAll();
            return;
        }

        if (state.OpenFlow == 0 && !TryOpen(ref state, context))
        {
            return;
        }

        ref readonly FlowEntry flow = ref context.Flow;
        uint packets = flow.ClientPackets + flow.ServerPackets;
        bool isLast = flow.Protocol switch
        {
            6 => packets > ProtocolIdentifier.PacketMaxTcp,
            17 => packets > ProtocolIdentifier.PacketMaxUdp,
            _ => false,
        };
        uint open = state.OpenFlow - 1;
        bool isFinal = isLast
            ? identifier.ProcessLast(open, context.Packet.Layer3, context.TimeNs, out ProtocolAnswer answer)
            : identifier.Process(open, context.Packet.Layer3, context.TimeNs, out answer);
        if (isFinal)
        {
            Finish(ref state, context, answer, packets);
        }
        else if (!answer.IsUnknown)
        {
            // Known, but nDPI can learn more (host names): say it now, so that others can begin.
            SayIfNew(ref state, context, answer, packets);
        }
    }

    private bool TryOpen(ref State state, NfContext context)
    {
        if (identifier.TryOpen(out uint flow))
        {
            state.OpenFlow = flow + 1;
            return true;
        }

        PoolEmptyCount++;
        state.IsDone = 1;
        context.Publish(new DpiGiveUp(default));
        context.UnsubscribeAll();
        return false;
    }

    private void Finish(ref State state, NfContext context, ProtocolAnswer answer, uint packets)
    {
        if (!SayIfNew(ref state, context, answer, packets))
        {
            SayIfCompleted(ref state, context, answer, packets);
        }

        if (answer.Risks != 0 && options.Risks)
        {
            Span<byte> texts = stackalloc byte[TextsBytesMax];
            int at = Append(texts, 0, identifier.Names.WriteProtocol(
                answer.Master, answer.App, Room(texts, 0, ProtocolNames.ProtocolBytesMax)));
            at = Append(texts, at, identifier.Names.WriteRisks(answer.Risks, Room(texts, at)));
            context.Publish(new DpiRisk(BodyOf(answer, packets)), texts[..at]);
        }

        identifier.Close(state.OpenFlow - 1);
        state.OpenFlow = 0;
        state.IsDone = 1;
        context.UnsubscribeAll();
    }

    /// <summary>True when there was something new to say.</summary>
    private bool SayIfNew(ref State state, NfContext context, ProtocolAnswer answer, uint packets)
    {
        bool isFirst = state.Master == 0 && state.App == 0;
        if (!isFirst && answer.Master == state.Master && answer.App == state.App)
        {
            return false;
        }

        Span<byte> texts = stackalloc byte[TextsBytesMax];
        ReadOnlySpan<byte> sideBlock = texts[..WriteTexts(texts, ref state, answer)];
        DpiEvent body = BodyOf(answer, packets);
        if (!isFirst)
        {
            context.Publish(new DpiChanged(body), sideBlock);
        }
        else if (answer.IsUnknown || body.Confidence <= DpiConfidence.MatchByIp)
        {
            context.Publish(new DpiGiveUp(body), sideBlock);
        }
        else
        {
            Detected(new DpiDetect(body), sideBlock, context);
        }

        return true;
    }

    // The same protocol as said before, but by now its category or host name is known.
    private void SayIfCompleted(ref State state, NfContext context, ProtocolAnswer answer, uint packets)
    {
        Span<byte> texts = stackalloc byte[TextsBytesMax];
        (byte category, byte hadHost) = (state.Category, state.HasHost);
        int length = WriteTexts(texts, ref state, answer);
        if (state.Category != category || state.HasHost != hadHost)
        {
            context.Publish(new DpiChanged(BodyOf(answer, packets)), texts[..length]);
        }
    }

    private DpiEvent BodyOf(ProtocolAnswer answer, uint packets) => new(
        answer.Master, answer.App, (DpiConfidence)answer.Confidence, (byte)Math.Min(packets, byte.MaxValue),
        (byte)answer.Category, identifier.Names.BreedOf(answer.Master, answer.App), answer.Risks);

    /// <summary>The four texts of the side block, each behind its length; remembers what was said.</summary>
    private int WriteTexts(Span<byte> block, ref State state, ProtocolAnswer answer)
    {
        ProtocolNames names = identifier.Names;
        int at = Append(block, 0, names.WriteProtocol(
            answer.Master, answer.App, Room(block, 0, ProtocolNames.ProtocolBytesMax)));
        at = Append(block, at, Copy(names.Category(answer.Category), Room(block, at)));
        int host = identifier.HostName(state.OpenFlow - 1, Room(block, at, HostNames.BytesMax));
        at = Append(block, at, host);
        byte breed = names.BreedOf(answer.Master, answer.App);
        at = Append(block, at, Copy(names.Breed(breed), Room(block, at)));
        (state.Master, state.App) = (answer.Master, answer.App);
        (state.Category, state.HasHost) = ((byte)answer.Category, (byte)(host > 0 ? 1 : 0));
        return at;
    }

    // Where a text goes: behind the two bytes of its length.
    private static Span<byte> Room(Span<byte> block, int at, int most = TextsBytesMax)
    {
        Span<byte> room = block[Math.Min(at + sizeof(ushort), block.Length)..];
        return room[..Math.Min(room.Length, most)];
    }

    private static int Append(Span<byte> block, int at, int length)
    {
        if (at + sizeof(ushort) > block.Length)
        {
            return at; // the rest was cut
        }

        // In the machine's order, as the side block's reader takes it.
        BinaryPrimitives.WriteUInt16LittleEndian(block[at..], (ushort)length);
        return at + sizeof(ushort) + length;
    }

    private void Detected(in DpiDetect detected, ReadOnlySpan<byte> sideBlock, NfContext context)
    {
        if (options.Notices)
        {
            context.Publish(in detected, sideBlock);
        }
        else
        {
            context.PublishUnnoticed(in detected, sideBlock);
        }
    }

    private static int Copy(ReadOnlySpan<byte> text, Span<byte> room)
    {
        int length = Math.Min(text.Length, room.Length);
        text[..length].CopyTo(room);
        return length;
    }
}
