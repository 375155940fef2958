using System.ComponentModel;
using Dataplane.Chains;
using Dataplane.Events;
using Dataplane.Flows;
using Dataplane.Packets;

namespace Dataplane.NetworkFunctions;

/// <summary>Writes a record of each TCP connection at its end: packets, bytes, gaps, analysis,
/// hashes of its streams.</summary>
/// <remarks>
/// Counts every packet of the connection, inside the window or not. Stream bytes, gaps and hashes need a
/// subscription to DATA_RDY (<c>analyze --stream-hashes</c> makes one);
/// without it stream bytes are payload less
/// repeats.
/// </remarks>
[Profile(Reads = PacketFields.Ip | PacketFields.Ports | PacketFields.Tcp | PacketFields.Length
    | PacketFields.Payload)]
[NetworkFunction("tcp-accounting", PacketAccess.Read, Title = "TCP accounting")]
[Description("Records every TCP connection at its end: traffic, state, round trip and analysis counters.")]
[Subscribes(Segments, typeof(TcpPacket), typeof(TcpRetransmission), typeof(TcpReorder),
    typeof(TcpAcknowledgment),
    typeof(TcpWindow), typeof(FlowReused), typeof(FlowEnd))]
public sealed class TcpAccounting(
    TcpAccounting.Options options,
    PerFlow<TcpAccounting.Connection> connections,
    PerFlow<TcpAccounting.Totals> clients,
    PerFlow<TcpAccounting.Totals> servers)
    : INetworkFunction, IHandle<TcpPacket>, IHandle<TcpRetransmission>, IHandle<TcpReorder>,
      IHandle<TcpAcknowledgment>, IHandle<TcpWindow>, IHandle<DataReady>, IHandle<DataGap>, IHandle<DataEnd>,
      IHandle<FlowReused>, IHandle<FlowEnd>, IWrites<TcpConnectionRecord>
{
    /// <summary>Name of the one declared subscription.</summary>
    public const string Segments = "segments";

    /// <summary>What an operator may set.</summary>
    public sealed record Options
    {
        [Description(
            "Hash the reassembled bytes of both directions; needs a subscription to EVENT/DATA_RDY.")]
        public bool StreamHashes { get; init; }
    }

    /// <summary>What is kept of a connection beside its two directions.</summary>
    public struct Connection
    {
        public long FirstNs;
        public long LastNs;
        public long SynNs;
        public long HandshakeRttNs;

        /// <summary>Gaps that no byte has followed yet.</summary>
        public ulong ClientPendingGap;
        public ulong ServerPendingGap;

        /// <summary>Numbers of the running hashes.</summary>
        public uint ClientHash;
        public uint ServerHash;
        public Marks Marks;
    }

    /// <summary>What is counted of one direction.</summary>
    public struct Totals
    {
        public ulong FrameBytes;
        public ulong PayloadBytes;
        public ulong StreamBytes;
        public ulong GapBytes;
        public uint Packets;
        public uint Retransmissions;
        public uint FastRetransmissions;
        public uint SpuriousRetransmissions;
        public uint OutOfOrder;
        public uint DuplicateAcks;
        public uint KeepAlives;
        public uint ZeroWindows;
    }

    /// <summary>What was seen of a connection.</summary>
    [Flags]
    public enum Marks : byte
    {
        None = 0,
        Syn = 1,
        SynAck = 2,

        /// <summary>Something that only an open connection carries: the client's ACK, or payload.</summary>
        Established = 4,
        ClientFin = 8,
        ServerFin = 16,
        Reset = 32,
        HandshakeTimed = 64,

        /// <summary>A hash could not be kept for want of room.</summary>
        HashMissed = 128,
    }

    private readonly StreamHashes _hashes = new();

    public Verdict Handle(in Event<TcpPacket> e, NfContext context)
    {
        ref Connection connection = ref connections[e.FlowId];
        ref Totals totals = ref TotalsOf(e.FlowId, e.Sender);
        ref readonly TcpPacket segment = ref e.Body;
        if (connection.FirstNs == 0)
        {
            connection.FirstNs = e.TimeNs;
        }
        connection.LastNs = Math.Max(connection.LastNs, e.TimeNs);
        totals.Packets++;
        totals.FrameBytes += context.Packet.WireLength;
        totals.PayloadBytes += segment.PayloadLength;
        if (!options.StreamHashes)
        {
            totals.StreamBytes += segment.PayloadLength;
        }
        Mark(ref connection, in segment, e.Sender, e.TimeNs);
        return Verdict.Pass;
    }

    public Verdict Handle(in Event<TcpRetransmission> e, NfContext context)
    {
        ref Totals totals = ref TotalsOf(e.FlowId, e.Sender);
        var kind = (RetransmissionKind)e.Body.Kind;
        totals.Retransmissions += kind == RetransmissionKind.Overlap ? 0u : 1;
        totals.FastRetransmissions += kind == RetransmissionKind.Fast ? 1u : 0;
        totals.SpuriousRetransmissions += kind == RetransmissionKind.Spurious ? 1u : 0;
        if (!options.StreamHashes)
        {
            totals.StreamBytes -= Math.Min(totals.StreamBytes, e.Body.Length);
        }
        return Verdict.Pass;
    }

    public Verdict Handle(in Event<TcpReorder> e, NfContext context)
    {
        TotalsOf(e.FlowId, e.Sender).OutOfOrder++;
        return Verdict.Pass;
    }

    public Verdict Handle(in Event<TcpAcknowledgment> e, NfContext context)
    {
        ref Totals totals = ref TotalsOf(e.FlowId, e.Sender);
        var kind = (AcknowledgmentKind)e.Body.Kind;
        totals.DuplicateAcks += kind == AcknowledgmentKind.Duplicate ? 1u : 0;
        totals.KeepAlives += kind == AcknowledgmentKind.KeepAlive ? 1u : 0;
        return Verdict.Pass;
    }

    public Verdict Handle(in Event<TcpWindow> e, NfContext context)
    {
        TotalsOf(e.FlowId, e.Sender).ZeroWindows += (WindowKind)e.Body.Kind == WindowKind.Zero ? 1u : 0;
        return Verdict.Pass;
    }

    public Verdict Handle(in Event<DataReady> e, NfContext context)
    {
        ref Connection connection = ref connections[e.FlowId];
        Side side = e.Body.Side;
        ref Totals totals = ref TotalsOf(e.FlowId, side);
        ref ulong pending = ref PendingOf(ref connection, side);
        totals.GapBytes += pending;
        pending = 0;
        totals.StreamBytes += e.Body.Length;
        if (options.StreamHashes)
        {
            ref uint hash = ref side == Side.Client ? ref connection.ClientHash : ref connection.ServerHash;
            if (!_hashes.Append(ref hash, context.Bytes(in e).Span))
            {
                connection.Marks |= Marks.HashMissed;
            }
        }
        return Verdict.Pass;
    }

    public Verdict Handle(in Event<DataGap> e, NfContext context)
    {
        // Only what lies between captured bytes is a gap: it counts when a byte follows.
        PendingOf(ref connections[e.FlowId], e.Body.Data.Side) += e.Body.Data.Length;
        return Verdict.Pass;
    }

    public Verdict Handle(in Event<DataEnd> e, NfContext context) => Verdict.Pass;

    public Verdict Handle(in Event<FlowReused> e, NfContext context)
    {
        Write(e.FlowId, context);
        connections[e.FlowId] = default;
        clients[e.FlowId] = default;
        servers[e.FlowId] = default;
        return Verdict.Pass;
    }

    public Verdict Handle(in Event<FlowEnd> e, NfContext context)
    {
        Write(e.FlowId, context);
        connections[e.FlowId] = default;
        return Verdict.Pass;
    }

    private static void Mark(ref Connection connection, in TcpPacket segment, Side sender, long timeNs)
    {
        bool hasSyn = (segment.TcpFlags & TcpSegment.Syn) != 0;
        bool hasAck = (segment.TcpFlags & TcpSegment.Ack) != 0;
        if (hasSyn)
        {
            connection.Marks |= hasAck ? Marks.SynAck : Marks.Syn;
            connection.SynNs = hasAck ? connection.SynNs : timeNs;
        }
        else if (hasAck)
        {
            if ((connection.Marks & (Marks.Syn | Marks.HandshakeTimed)) == Marks.Syn
                && timeNs > connection.SynNs)
            {
                connection.HandshakeRttNs = timeNs - connection.SynNs;
                connection.Marks |= Marks.HandshakeTimed;
            }
            connection.Marks |= sender == Side.Client || segment.PayloadLength != 0 ? Marks.Established : 0;
        }
        if ((segment.TcpFlags & TcpSegment.Fin) != 0)
        {
            connection.Marks |= sender == Side.Client ? Marks.ClientFin : Marks.ServerFin;
        }
        connection.Marks |= (segment.TcpFlags & TcpSegment.Reset) != 0 ? Marks.Reset : 0;
    }

    private void Write(FlowId flow, NfContext context)
    {
        ref Connection connection = ref connections[flow];
        if (clients[flow].Packets + servers[flow].Packets == 0)
        {
            return;
        }
        bool isTimed = (connection.Marks & Marks.HandshakeTimed) != 0;
        var record = new TcpConnectionRecord
        {
            Key = context.Key,
            FirstNs = connection.FirstNs,
            LastNs = connection.LastNs,
            HandshakeRttNs = isTimed ? connection.HandshakeRttNs : -1,
            Client = Record(in clients[flow]),
            Server = Record(in servers[flow]),
            ClientIsB = (byte)(context.ClientIsB ? 1 : 0),
            Midstream = (byte)((connection.Marks & (Marks.Syn | Marks.SynAck)) == 0 ? 1 : 0),
            HasHashes = (byte)(options.StreamHashes && (connection.Marks & Marks.HashMissed) == 0 ? 1 : 0),
            FinalState = StateOf(connection.Marks),
        };
        _hashes.Finish(connection.ClientHash, record.Client.Hash);
        _hashes.Finish(connection.ServerHash, record.Server.Hash);
        context.Write(in record);
    }

    private static TcpSideRecord Record(in Totals totals) => new()
    {
        Packets = totals.Packets,
        FrameBytes = totals.FrameBytes,
        PayloadBytes = totals.PayloadBytes,
        StreamBytes = totals.StreamBytes,
        GapBytes = totals.GapBytes,
        Retransmissions = totals.Retransmissions,
        FastRetransmissions = totals.FastRetransmissions,
        SpuriousRetransmissions = totals.SpuriousRetransmissions,
        OutOfOrder = totals.OutOfOrder,
        DuplicateAcks = totals.DuplicateAcks,
        KeepAlives = totals.KeepAlives,
        ZeroWindows = totals.ZeroWindows,
    };

    private static TcpFinalState StateOf(Marks marks)
    {
        const Marks BothFins = Marks.ClientFin | Marks.ServerFin;
        if ((marks & Marks.Reset) != 0)
        {
            return TcpFinalState.Reset;
        }
        if ((marks & BothFins) != 0)
        {
            return (marks & BothFins) == BothFins ? TcpFinalState.Closed : TcpFinalState.HalfClosed;
        }
        if ((marks & Marks.Established) != 0 || (marks & (Marks.Syn | Marks.SynAck)) == 0)
        {
            return TcpFinalState.Open;
        }
        return (marks & Marks.SynAck) != 0 ? TcpFinalState.SynReceived : TcpFinalState.SynSent;
    }

    private static ref ulong PendingOf(ref Connection connection, Side side) =>
        ref side == Side.Client ? ref connection.ClientPendingGap : ref connection.ServerPendingGap;

    private ref Totals TotalsOf(FlowId flow, Side side) =>
        ref side == Side.Client ? ref clients[flow] : ref servers[flow];
}
