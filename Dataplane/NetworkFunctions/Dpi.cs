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

        [Description("Say which risks nDPI sees in a flow, as EVENT/DPI/RISK.")]
        public bool Risks { get; init; }
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
            Say(ref state, context, answer, packets);
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
        Say(ref state, context, answer, packets);
        if (answer.Risks != 0 && options.Risks)
        {
            context.Publish(new DpiRisk(BodyOf(answer, packets), answer.Risks));
        }

        identifier.Close(state.OpenFlow - 1);
        state.OpenFlow = 0;
        state.IsDone = 1;
        context.UnsubscribeAll();
    }

    private void Say(ref State state, NfContext context, ProtocolAnswer answer, uint packets)
    {
        bool isFirst = state.Master == 0 && state.App == 0;
        if (!isFirst && answer.Master == state.Master && answer.App == state.App)
        {
            return;
        }

        Span<byte> texts = stackalloc byte[TextsBytesMax];
        ReadOnlySpan<byte> sideBlock = texts[..WriteTexts(texts, state.OpenFlow - 1, answer)];
        DpiEvent body = BodyOf(answer, packets);
        state.Master = answer.Master;
        state.App = answer.App;
        if (!isFirst)
        {
            context.Publish(new DpiChanged(body), sideBlock);
        }
        else if (answer.IsUnknown || IsGuess(answer))
        {
            context.Publish(new DpiGiveUp(body), sideBlock);
        }
        else
        {
            Detected(new DpiDetect(body), sideBlock, context);
        }
    }

    /// <summary>NDPI_CONFIDENCE_UNKNOWN, MATCH_BY_PORT and MATCH_BY_IP come before those of
    /// dissection.</summary>
    private static bool IsGuess(ProtocolAnswer answer) => answer.Confidence <= 2;

    private static DpiEvent BodyOf(ProtocolAnswer answer, uint packets) =>
        new(answer.Master, answer.App, answer.Confidence, (byte)Math.Min(packets, byte.MaxValue));

    /// <summary>The three texts of the side block, each behind its length.</summary>
    private int WriteTexts(Span<byte> block, uint flow, ProtocolAnswer answer)
    {
        int name = identifier.WriteName(
            answer.Master, answer.App, block.Slice(sizeof(ushort), ProtocolIdentifier.NameBytesMax));
        int at = Close(block, 0, name);
        ReadOnlySpan<byte> category = identifier.CategoryName(answer.Category);
        category.CopyTo(block[(at + sizeof(ushort))..]);
        at = Close(block, at, category.Length);
        int host = identifier.HostName(flow, block[(at + sizeof(ushort))..]);
        return Close(block, at, host);
    }

    private static int Close(Span<byte> block, int at, int length)
    {
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
}
