using System.Buffers.Binary;
using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Dataplane.Chains;
using Dataplane.Events;
using Dataplane.Flows;
using Dataplane.Inspection;
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
[Subscribes(Protocols, typeof(DpiDetect), typeof(DpiChanged), typeof(DpiGiveUp), typeof(DpiRisk))]
public sealed class FlowStats(FlowStats.Options options, PerFlow<FlowStats.State> states, HostNames hosts)
    : INetworkFunction, IHandle<FlowUpdate>, IHandle<TcpPacket>, IHandle<IpPacket>, IHandle<FlowStart>,
      IHandle<FlowEnd>, IHandle<FlowDepthChange>, IHandle<DpiDetect>, IHandle<DpiChanged>, IHandle<DpiGiveUp>,
      IHandle<DpiRisk>, IPublish<LongFlow>, IWrites<FlowRecord>
{
    /// <summary>Name of the subscription to packets; off once a flow was reported.</summary>
    public const string Packets = "packets";

    /// <summary>Name of the subscription to begin and end of flows.</summary>
    public const string Flows = "flows";

    /// <summary>Name of the subscription to protocol identification.</summary>
    public const string Protocols = "protocols";

    /// <summary>Place of the host name among the texts of an event of protocol identification.</summary>
    private const int HostText = 2;

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

        /// <summary>The last answer of protocol identification.</summary>
        public DpiEvent Protocol;

        /// <summary>Its host name, kept in the pool; 0 for none.</summary>
        public uint Host;
        public StackDepth Depth;
        public byte IsReported;
        public byte IsTunneled;
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

    public Verdict Handle(in Event<DpiDetect> e, NfContext context) =>
        Name(e.FlowId, e.Body.Dpi, context);

    public Verdict Handle(in Event<DpiChanged> e, NfContext context) =>
        Name(e.FlowId, e.Body.Dpi, context);

    public Verdict Handle(in Event<DpiGiveUp> e, NfContext context) =>
        Name(e.FlowId, e.Body.Dpi, context);

    public Verdict Handle(in Event<DpiRisk> e, NfContext context)
    {
        states[e.FlowId].Protocol = e.Body.Dpi;
        return Verdict.Pass;
    }

    public Verdict Handle(in Event<FlowEnd> e, NfContext context)
    {
        ref State state = ref states[e.FlowId];
        if (options.FlowRecords && (state.IsTunneled == 0 || options.TunneledFlows))
        {
            Write(in e, in state, context);
        }

        hosts.Forget(state.Host);
        state.Host = 0;
        return Verdict.Pass;
    }

    private void Write(in Event<FlowEnd> e, in State state, NfContext context)
    {
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
            Protocol = state.Protocol,
        };
        Span<byte> tail = stackalloc byte[ProtocolNames.ProtocolBytesMax + HostNames.BytesMax];
        int name = ProtocolNames.Known.WriteProtocol(
            state.Protocol.Master, state.Protocol.App, tail[..ProtocolNames.ProtocolBytesMax]);
        ReadOnlySpan<byte> host = hosts.Of(state.Host);
        host.CopyTo(tail[name..]);
        record.NameLength = (byte)name;
        context.Write(in record, tail[..(name + host.Length)]);
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

    private Verdict Name(FlowId flow, in DpiEvent protocol, NfContext context)
    {
        ref State state = ref states[flow];
        state.Protocol = protocol;
        ReadOnlySpan<byte> host = Text(context.SideBlock, HostText);
        if (!host.SequenceEqual(hosts.Of(state.Host)))
        {
            hosts.Forget(state.Host);
            state.Host = hosts.Keep(host);
        }

        return Verdict.Pass;
    }

    // A side block is texts, each behind its length.
    private static ReadOnlySpan<byte> Text(ReadOnlySpan<byte> block, int index)
    {
        for (; block.Length >= sizeof(ushort); index--)
        {
            int length = Math.Min(
                BinaryPrimitives.ReadUInt16LittleEndian(block), block.Length - sizeof(ushort));
            if (index == 0)
            {
                return block.Slice(sizeof(ushort), length);
            }

            block = block[(sizeof(ushort) + length)..];
        }

        return default;
    }

    /// <summary>LastSeenMs holds the low half of the time in milliseconds; the end is not much
    /// later.</summary>
    private static long LastPacketNs(in FlowEntry flow, long startNs, long endNs)
    {
        uint idleMs = (uint)(endNs / 1_000_000) - flow.LastSeenMs;
        return Math.Max(startNs, endNs - (idleMs * 1_000_000L));
    }
}
