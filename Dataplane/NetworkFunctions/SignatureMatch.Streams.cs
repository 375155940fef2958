using Dataplane.Chains;
using Dataplane.Events;
using Dataplane.Flows;
using Dataplane.Inspection.Compile;
using Dataplane.Inspection.Verify;
using Dataplane.Packets;

namespace Dataplane.NetworkFunctions;

/// <content>Streams: bytes as they come, or acknowledged pieces.</content>
public sealed partial class SignatureMatch
{
    public Verdict Handle(in Event<DataReady> e, NfContext context)
    {
        ref FlowInspection flow = ref _flows[e.FlowId];
        ref readonly DataReady data = ref e.Body;
        if ((context.Flow.Flags & FlowFlags.Midstream) != 0 || flow.IsDecided)
        {
            return Verdict.Pass;
        }
        ushort type = e.Record.TypeId;
        if (EventTree.IsA(type, EventType<DataGap>.Id))
        {
            return PassGap(context, ref flow, data.Side);
        }
        if (EventTree.IsA(type, EventType<DataEnd>.Id))
        {
            HearPacketsAgain(context);
            return Verdict.Pass;
        }
        if (EventTree.IsA(type, EventType<DataUrgent>.Id)
            || EventTree.IsA(type, EventType<DataDepthReached>.Id))
        {
            return Verdict.Pass;
        }
        if ((flow.Flags & FlowInspectionFlags.Begun) == 0 && context.HasPacket)
        {
            // Taken over from other rules: these decide anew what they need to hear.
            _ = Describe(context, ref flow);
        }
        if (flow.IsDecided)
        {
            return Verdict.Pass;
        }
        ReadOnlySpan<byte> bytes = context.Bytes(e).Span;
        bool isFollowed = IsFollowed(context.Flow);
        bool isSyn = context.HasPacket && (context.Packet.TcpFlags & TcpSegment.Syn) != 0;
        if (!isFollowed && !isSyn)
        {
            return Verdict.Pass;
        }
        flow.Flags |= isFollowed ? FlowInspectionFlags.Followed : FlowInspectionFlags.None;
        EncryptionState state = Watch(context, ref flow, data, bytes, out int clear);
        Verdict verdict = TakeBytes(context, ref flow, data, bytes[..clear], isFollowed);
        LeaveCiphertext(context, ref flow, state, data.Side);
        return verdict;
    }

    /// <summary>Bytes wait for more, for what the other side acknowledges or for the flow's protocol, or are
    /// inspected at once.</summary>
    private Verdict TakeBytes(
        NfContext context, ref FlowInspection flow, in DataReady data, ReadOnlySpan<byte> bytes,
        bool isFollowed)
    {
        bool waits = !isFollowed || (flow.Flags & FlowInspectionFlags.Waiting) != 0;
        bool inPieces = !_options.AtOnce && !context.CanDrop
            && (flow.Flags & StreamFollower.HeardFlag(data.Side)) != 0;
        if (!waits && !inPieces)
        {
            return bytes.IsEmpty ? Verdict.Pass
                : InspectWindow(context, ref flow, data.Side, data.Offset, bytes);
        }

        // Bytes of a SYN (TCP Fast Open) wait until the other side has answered.
        _streams.Add(ref flow, data.Side, data.Offset, bytes);
        flow.Flags |= waits ? StreamFollower.SuspectFlag(data.Side) : FlowInspectionFlags.None;
        return Verdict.Pass;
    }

    /// <summary>Shows new bytes of a side to the rules, and those before them where a rule needs them. Bytes
    /// that were in sight before are scanned again only while a rule that failed may yet match.</summary>
    private Verdict InspectWindow(
        NfContext context, ref FlowInspection flow, Side side, ulong offset, ReadOnlySpan<byte> bytes)
    {
        long room = StreamFollower.DepthBytes - (long)Math.Min(offset, StreamFollower.DepthBytes);
        bool isDeep = room < bytes.Length || (flow.Flags & StreamFollower.DoneFlag(side)) != 0;
        bytes = bytes[..(int)Math.Min(room, bytes.Length)];
        RuleGroup group = _inspector.GroupOf(in context.Key, context.ClientIsB, side);
        FlowInspectionFlags suspect = StreamFollower.SuspectFlag(side);
        bool isSuspect = (flow.Flags & suspect) != 0;
        int before = isSuspect ? StreamBlocks.PendingMax : SeamBytes(group);
        Verdict verdict = Verdict.Pass;
        flow.Flags &= ~suspect;
        if (_inspector.FindInStream(group, _streams.Seam(in flow, side, before, bytes)))
        {
            verdict = MatchWindow(context, ref flow, side, offset, bytes);
            flow.Flags |= _inspector.MayYetMatch ? suspect : FlowInspectionFlags.None;
        }
        if (isDeep)
        {
            flow.Flags |= StreamFollower.DoneFlag(side);
            _streams.Release(ref flow, side);
            context.Unsubscribe(side == Side.Server ? ServerStream : ClientStream);
        }
        else if (!flow.IsDecided)
        {
            _streams.Keep(ref flow, side, group.HistoryBytes, bytes);
        }
        return verdict;
    }

    /// <summary>A literal that ends in new bytes begins at most so far before them.</summary>
    private static int SeamBytes(RuleGroup group) => group.HistoryBytes < StreamHistory.BytesMin
        ? group.HistoryBytes : LiteralIndex.PatternBytesMax - 1;

    private Verdict MatchWindow(
        NfContext context, ref FlowInspection flow, Side side, ulong offset, ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> window = _streams.Window(in flow, side, bytes);
        InspectedPacket packet = DescribeStream(context, ref flow, side);
        packet.Stream = window;
        packet.IsWindow = true;
        packet.StreamOffset = (uint)offset - (uint)(window.Length - bytes.Length);
        _inspector.Begin();
        _inspector.MatchWindow(packet, ref flow);
        _inspector.Judge(packet, ref flow);
        return Conclude(context, packet, ref flow);
    }

    /// <summary>What comes behind a gap does not go on with what came before it.</summary>
    private Verdict PassGap(NfContext context, ref FlowInspection flow, Side side)
    {
        flow.Flags |= FlowInspectionFlags.Unwatched;
        if (!_options.AtOnce && !context.CanDrop)
        {
            return InspectRest(context, ref flow, side);
        }
        _streams.Release(ref flow, side);
        flow.Flags &= ~StreamFollower.SuspectFlag(side);
        return Verdict.Pass;
    }

    /// <summary>Shows the bytes that waited for the flow's protocol to the rules.</summary>
    private Verdict InspectWaiting(NfContext context, ref FlowInspection flow, Side side)
    {
        ref readonly StreamInspection stream = ref StreamFollower.Of(ref flow, side);
        return flow.IsDecided || stream.PendingBytes == 0
            ? Verdict.Pass : InspectWindow(context, ref flow, side, stream.NextOffset, []);
    }

    /// <summary>Shows all that waits of a side to the rules, as a piece of its own.</summary>
    private Verdict InspectRest(NfContext context, ref FlowInspection flow, Side side)
    {
        ReadOnlySpan<byte> rest = _streams.Due(ref flow, side, StreamMoment.End);
        if (rest.IsEmpty || flow.IsDecided || (flow.Flags & FlowInspectionFlags.Followed) == 0)
        {
            return Verdict.Pass;
        }
        InspectedPacket packet = DescribeStream(context, ref flow, side);
        packet.Stream = rest;
        return Inspect(context, packet, _inspector.GroupOf(packet), ref flow);
    }

    private InspectedPacket DescribeStream(NfContext context, ref FlowInspection flow, Side side)
    {
        InspectedPacket packet = StreamEnd.Describe(context.Key, context.ClientIsB, side, context.TimeNs);
        packet.IsEstablished = true;
        packet.TakeFlow(in context.Flow);
        packet.ClientStreamBytes = flow.Client.Sent;
        packet.ServerStreamBytes = flow.Server.Sent;
        packet.FlowNumber = context.FlowId.Value;
        uint second = (uint)(context.TimeNs / NanosecondsPerSecond);
        packet.FlowAgeSeconds = second >= flow.FirstSecond ? second - flow.FirstSecond : 0;
        TakeApplication(context, ref packet, ref flow);
        return packet;
    }
}
