using Dataplane.Packets;

namespace Dataplane.Inspection.Verify;

/// <summary>Cuts streams into the pieces that rules see: what the other side has acknowledged, once it is
/// enough or a message or the connection is complete (as Suricata does when it only listens).</summary>
/// <remarks>One per worker. A piece is valid until the next call.</remarks>
public sealed class StreamFollower(StreamBlocks blocks)
{
    /// <summary>A piece is inspected when so many bytes of it are acknowledged.</summary>
    public const int PieceBytes = 2_560;

    /// <summary>Bytes of each side that are inspected.</summary>
    public const uint DepthBytes = 1 << 20;

    private const byte Syn = 2;
    private const byte Fin = 1;
    private const byte Ack = 16;

    /// <summary>Room for all that waits of a side and the longest piece that can come.</summary>
    private readonly byte[] _piece = new byte[2 * (StreamBlocks.PendingMax + 1)];
    private readonly byte[] _rest = new byte[StreamBlocks.PendingMax];

    public static ref StreamInspection Of(ref FlowInspection flow, Side side) =>
        ref side == Side.Server ? ref flow.Server : ref flow.Client;

    public static FlowInspectionFlags DoneFlag(Side side) =>
        side == Side.Server ? FlowInspectionFlags.ServerStreamDone : FlowInspectionFlags.ClientStreamDone;

    public static FlowInspectionFlags SuspectFlag(Side side) =>
        side == Side.Server ? FlowInspectionFlags.ServerSuspect : FlowInspectionFlags.ClientSuspect;

    public static FlowInspectionFlags MovedFlag(Side side) =>
        side == Side.Server ? FlowInspectionFlags.ServerMoved : FlowInspectionFlags.ClientMoved;

    public static FlowInspectionFlags HeardFlag(Side side) =>
        side == Side.Server ? FlowInspectionFlags.ServerHeard : FlowInspectionFlags.ClientHeard;

    private static ref readonly StreamInspection In(in FlowInspection flow, Side side) =>
        ref side == Side.Server ? ref flow.Server : ref flow.Client;

    private static FlowInspectionFlags IsnFlag(Side side) =>
        side == Side.Server ? FlowInspectionFlags.ServerIsnKnown : FlowInspectionFlags.ClientIsnKnown;

    private static FlowInspectionFlags FlushFlag(Side side) =>
        side == Side.Server ? FlowInspectionFlags.ServerFlush : FlowInspectionFlags.ClientFlush;

    /// <summary>Takes sequence and acknowledgment numbers of a TCP packet.</summary>
    public static void Track(ref FlowInspection flow, in InspectedPacket packet)
    {
        ref StreamInspection own = ref Of(ref flow, packet.Sender);
        ref StreamInspection other = ref Of(ref flow, packet.Sender.Other());
        bool hasSyn = (packet.TcpFlags & Syn) != 0;
        if (hasSyn || (flow.Flags & IsnFlag(packet.Sender)) == 0)
        {
            own.Isn = hasSyn ? packet.Sequence : packet.Sequence - 1;
            own.Sent = 0;
            flow.Flags |= IsnFlag(packet.Sender);
        }
        uint control = (hasSyn ? 1u : 0) + ((packet.TcpFlags & Fin) != 0 ? 1u : 0);
        uint end = unchecked(packet.Sequence + (uint)packet.Payload.Length + control - own.Isn);
        own.Sent = SequenceNumber.IsAfter(end, own.Sent) ? end : own.Sent;
        if ((packet.TcpFlags & Ack) != 0 && (flow.Flags & IsnFlag(packet.Sender.Other())) != 0)
        {
            uint acknowledged = unchecked(packet.Acknowledgment - other.Isn);
            bool advances = SequenceNumber.IsAfter(acknowledged, other.Acknowledged)
                && !SequenceNumber.IsAfter(acknowledged, other.Sent);
            other.Acknowledged = advances ? acknowledged : other.Acknowledged;
        }
    }

    /// <summary>Takes bytes of a side; false when the side is not followed any more.</summary>
    public bool Add(ref FlowInspection flow, Side side, ulong offset, ReadOnlySpan<byte> bytes)
    {
        ref StreamInspection stream = ref Of(ref flow, side);
        if ((flow.Flags & DoneFlag(side)) != 0)
        {
            return false;
        }
        if (offset == 0 && side == Side.Client && BeginsHttp(bytes))
        {
            flow.Flags |= FlowInspectionFlags.Messages;
        }
        if ((flow.Flags & FlowInspectionFlags.Messages) != 0)
        {
            flow.Flags |= FlushFlag(side.Other());
        }
        long room = DepthBytes - (long)Math.Min(offset, DepthBytes);
        ReadOnlySpan<byte> within = bytes[..(int)Math.Min(room, bytes.Length)];
        within = within[..Math.Min(within.Length, StreamBlocks.PendingMax - stream.PendingBytes)];
        bool kept = blocks.Append(ref stream, within);
        stream.NextOffset = (uint)Math.Min(offset, DepthBytes) + (uint)within.Length;
        if (!kept || within.Length < bytes.Length)
        {
            flow.Flags |= DoneFlag(side) | FlushFlag(side);
        }
        return kept;
    }

    /// <summary>The piece that is due with a packet of <paramref name="side"/>; empty when none is.</summary>
    public ReadOnlySpan<byte> Due(scoped ref FlowInspection flow, Side side, StreamMoment moment)
    {
        ref StreamInspection stream = ref Of(ref flow, side);
        if (stream.PendingBytes == 0)
        {
            return [];
        }
        bool acknowledged = moment != StreamMoment.End && (flow.Flags & HeardFlag(side.Other())) != 0;
        int count = acknowledged ? AcknowledgedBytes(stream) : stream.PendingBytes;
        bool enough = count >= PieceBytes || moment != StreamMoment.Open
            || (flow.Flags & FlushFlag(side)) != 0;
        if (!enough || count == 0)
        {
            return [];
        }
        Span<byte> piece = _piece.AsSpan(0, count);
        blocks.CopyTo(stream, piece);
        blocks.Remove(ref stream, (uint)count, _rest);
        flow.Flags &= ~FlushFlag(side);
        return piece;
    }

    /// <summary>New bytes of a side with those before them in which a literal that ends in the new ones may
    /// begin.</summary>
    public ReadOnlySpan<byte> Seam(in FlowInspection flow, Side side, int before, ReadOnlySpan<byte> bytes)
    {
        ref readonly StreamInspection stream = ref In(in flow, side);
        int count = Math.Min(Math.Min(before, stream.PendingBytes), _piece.Length - bytes.Length);
        if (count <= 0)
        {
            return bytes;
        }
        blocks.CopyLast(stream, _piece.AsSpan(0, count));
        bytes.CopyTo(_piece.AsSpan(count));
        return _piece.AsSpan(0, count + bytes.Length);
    }

    /// <summary>All bytes of a side that are in sight, new ones last.</summary>
    public ReadOnlySpan<byte> Window(in FlowInspection flow, Side side, ReadOnlySpan<byte> bytes) =>
        Seam(in flow, side, StreamBlocks.PendingMax, bytes);

    /// <summary>Keeps new bytes in sight for the next look, and of those before them so many that
    /// <paramref name="history"/> bytes are.</summary>
    /// <remarks>Where no block is left the bytes are not kept, which is counted: then what spans them and the
    /// next ones is not found.</remarks>
    public void Keep(ref FlowInspection flow, Side side, int history, ReadOnlySpan<byte> bytes)
    {
        ref StreamInspection stream = ref Of(ref flow, side);
        if (bytes.Length >= history)
        {
            blocks.Release(ref stream);
            bytes = bytes[^history..];
        }
        blocks.Trim(ref stream, history - bytes.Length);
        if (!blocks.Append(ref stream, bytes))
        {
            blocks.Release(ref stream);
        }
    }

    /// <summary>Forgets the waiting bytes of one side.</summary>
    public void Release(ref FlowInspection flow, Side side) => blocks.Release(ref Of(ref flow, side));

    /// <summary>Forgets the waiting bytes of both sides.</summary>
    public void Release(ref FlowInspection flow)
    {
        blocks.Release(ref flow.Client);
        blocks.Release(ref flow.Server);
    }

    private static bool BeginsHttp(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith("GET "u8) || bytes.StartsWith("POST "u8) || bytes.StartsWith("HEAD "u8)
        || bytes.StartsWith("PUT "u8) || bytes.StartsWith("DELETE "u8) || bytes.StartsWith("OPTIONS "u8)
        || bytes.StartsWith("PATCH "u8) || bytes.StartsWith("PROPFIND "u8) || bytes.StartsWith("CONNECT "u8);

    /// <summary>How many of the waiting bytes the other side has acknowledged.</summary>
    private static int AcknowledgedBytes(in StreamInspection stream)
    {
        // Byte n of the stream has number n + 1: the SYN comes before them.
        long behind = (long)stream.NextOffset + 1 - stream.Acknowledged;
        return (int)Math.Clamp(stream.PendingBytes - behind, 0, stream.PendingBytes);
    }
}

/// <summary>How far a connection is, which decides when pieces are due.</summary>
public enum StreamMoment : byte
{
    Open,

    /// <summary>One end has closed or reset: what is acknowledged is inspected at once.</summary>
    Closing,

    /// <summary>The flow is over: all bytes are inspected, acknowledged or not.</summary>
    End,
}
