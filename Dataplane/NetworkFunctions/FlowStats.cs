using System.Buffers.Binary;
using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using Dataplane.Chains;
using Dataplane.Events;
using Dataplane.Flows;
using Dataplane.Packets;

namespace Dataplane.NetworkFunctions;

/// <summary>Publishes LONG_FLOW once for each flow whose mean packet length passes a threshold; writes flow
/// records.</summary>
/// <remarks>
/// The paper's rule: not a duration. Frames count with all their bytes on the wire, both directions. It hears
/// of packets by FLOW/UPDATE, which works at any depth; a document may name EVENT/PKT/TCP instead, as the
/// paper does.
/// </remarks>
[Profile(Reads = PacketFields.Ip | PacketFields.Ports | PacketFields.Length)]
[NetworkFunction("flow-stats", PacketAccess.Read, Title = "Flow statistics")]
[Description("Records every flow at its end and reports flows with a large mean packet length.")]
[Subscribes(Packets, typeof(FlowUpdate))]
[Subscribes(Flows, typeof(FlowStart), typeof(FlowEnd), typeof(FlowDepthChange))]
[Subscribes(Protocols, typeof(DpiDetect), typeof(DpiChanged), typeof(DpiGiveUp))]
public sealed class FlowStats(FlowStats.Options options, PerFlow<FlowStats.State> states)
    : INetworkFunction, IHandle<FlowUpdate>, IHandle<TcpPacket>, IHandle<IpPacket>, IHandle<FlowStart>,
      IHandle<FlowEnd>, IHandle<FlowDepthChange>, IHandle<DpiDetect>, IHandle<DpiChanged>, IHandle<DpiGiveUp>,
      IPublish<LongFlow>, IWrites<FlowRecord>
{
    /// <summary>Name of the subscription to packets; off once a flow was reported.</summary>
    public const string Packets = "packets";

    /// <summary>Name of the subscription to begin and end of flows.</summary>
    public const string Flows = "flows";

    /// <summary>Name of the subscription to protocol identification.</summary>
    public const string Protocols = "protocols";

    /// <summary>What an operator may set.</summary>
    public sealed record Options
    {
        [Range(1, 65_535)]
        [Description("Report a flow whose packets are longer than this many bytes on average.")]
        public int MeanPacketBytes { get; init; } = 900;

        [Range(1, 1_000_000), Description("Report no flow with fewer packets than this.")]
        public int MinPackets { get; init; } = 32;

        [Description("Write a record of every flow at its end.")]
        public bool FlowRecords { get; init; } = true;

        [Description("Write records of flows inside tunnels, too; the tunnel's own flow always has one.")]
        public bool TunneledFlows { get; init; }
    }

    /// <summary>What is kept for a flow.</summary>
    public struct State
    {
        public long StartNs;
        public StackDepth Depth;
        public byte NameLength;
        public byte IsReported;
        public byte IsTunneled;
        public NameBytes Name;
    }

    /// <summary>A protocol's name, cut to fit beside the rest in 64 bytes.</summary>
    [InlineArray(BytesMax)]
    public struct NameBytes
    {
        public const int BytesMax = 43;

        private byte _first;
    }

    public Verdict Handle(in Event<FlowUpdate> e, NfContext context) => Weigh(context);

    public Verdict Handle(in Event<TcpPacket> e, NfContext context) => Weigh(context);

    public Verdict Handle(in Event<IpPacket> e, NfContext context) => Weigh(context);

    public Verdict Handle(in Event<FlowStart> e, NfContext context)
    {
        ref State state = ref states[e.FlowId];
        state.StartNs = e.TimeNs;
        state.Depth = (StackDepth)e.Body.Flow.Depth;
        bool isTunneled = context.HasPacket && (context.Packet.Flags & PacketFlags.Tunneled) != 0;
        state.IsTunneled = (byte)(isTunneled ? 1 : 0);
        return Verdict.Pass;
    }

    public Verdict Handle(in Event<FlowDepthChange> e, NfContext context)
    {
        states[e.FlowId].Depth |= (StackDepth)e.Body.NewDepth;
        return Verdict.Pass;
    }

    public Verdict Handle(in Event<DpiDetect> e, NfContext context) => Name(e.FlowId, context);

    public Verdict Handle(in Event<DpiChanged> e, NfContext context) => Name(e.FlowId, context);

    public Verdict Handle(in Event<DpiGiveUp> e, NfContext context) => Name(e.FlowId, context);

    public Verdict Handle(in Event<FlowEnd> e, NfContext context)
    {
        ref State state = ref states[e.FlowId];
        if (!options.FlowRecords || (state.IsTunneled != 0 && !options.TunneledFlows))
        {
            return Verdict.Pass;
        }

        ref readonly FlowEntry flow = ref context.Flow;
        var record = new FlowRecord
        {
            Key = context.Key,
            StartNs = state.StartNs,
            EndNs = LastPacketNs(in flow, state.StartNs, e.TimeNs),
            ClientPackets = flow.ClientPackets,
            ServerPackets = flow.ServerPackets,
            ClientBytes = flow.ClientBytes,
            ServerBytes = flow.ServerBytes,
            Flow = e.FlowId,
            Generation = flow.Generation,
            Reason = e.Body.Reason,
            Depth = state.Depth,
            ClientIsB = (byte)(context.ClientIsB ? 1 : 0),
        };
        ReadOnlySpan<byte> name = state.Name;
        context.Write(in record, name[..state.NameLength]);
        return Verdict.Pass;
    }

    private Verdict Weigh(NfContext context)
    {
        ref readonly FlowEntry flow = ref context.Flow;
        ulong packets = flow.ClientPackets + flow.ServerPackets;
        ulong bytes = flow.ClientBytes + flow.ServerBytes;

        // bytes / packets > mean, without a division; counters include this packet.
        if (states[context.FlowId].IsReported != 0)
        {
            context.Unsubscribe(Packets); // a new connection on the same 5-tuple
            return Verdict.Pass;
        }

        if (packets < (ulong)options.MinPackets || bytes <= packets * (ulong)options.MeanPacketBytes)
        {
            return Verdict.Pass;
        }

        ref State state = ref states[context.FlowId];
        state.IsReported = 1;
        long durationMs = (context.TimeNs - state.StartNs) / 1_000_000;
        context.Publish(new LongFlow(
            new StatEvent((uint)Math.Clamp(durationMs, 0, uint.MaxValue)),
            (uint)(bytes / packets), (uint)packets, bytes));
        context.Unsubscribe(Packets); // reported once, however long it lives
        return Verdict.Pass;
    }

    /// <summary>The side block begins with the protocol's name behind its length.</summary>
    private Verdict Name(FlowId flow, NfContext context)
    {
        ReadOnlySpan<byte> block = context.SideBlock;
        ref State state = ref states[flow];
        if (block.Length < sizeof(ushort))
        {
            return Verdict.Pass;
        }

        int length = Math.Min((int)BinaryPrimitives.ReadUInt16LittleEndian(block), NameBytes.BytesMax);
        block.Slice(sizeof(ushort), Math.Min(length, block.Length - sizeof(ushort))).CopyTo(state.Name);
        state.NameLength = (byte)length;
        return Verdict.Pass;
    }

    /// <summary>LastSeenMs holds the low half of the time in milliseconds; the end is not much
    /// later.</summary>
    private static long LastPacketNs(in FlowEntry flow, long startNs, long endNs)
    {
        uint idleMs = (uint)(endNs / 1_000_000) - flow.LastSeenMs;
        return Math.Max(startNs, endNs - (idleMs * 1_000_000L));
    }
}
