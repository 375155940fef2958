using Dataplane.Chains;
using Dataplane.Events;
using Dataplane.Flows;
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
            return InspectRest(context, ref flow, data.Side);
        }
        if (EventTree.IsA(type, EventType<DataEnd>.Id) || EventTree.IsA(type, EventType<DataUrgent>.Id)
            || EventTree.IsA(type, EventType<DataDepthReached>.Id))
        {
            return Verdict.Pass;
        }
        bool isFollowed = IsFollowed(context.Flow);
        if (isFollowed || (context.HasPacket && (context.Packet.TcpFlags & TcpSegment.Syn) != 0))
        {
            _streams.Add(ref flow, data.Side, data.Offset, context.Bytes(e).Span);
        }
        if (!isFollowed)
        {
            // Bytes of a SYN (TCP Fast Open) wait until the other side has answered.
            return Verdict.Pass;
        }
        flow.Flags |= FlowInspectionFlags.Followed;
        bool atOnce = _options.AtOnce || context.CanDrop
            || (flow.Flags & StreamFollower.HeardFlag(data.Side)) == 0;
        if (atOnce && (flow.Flags & FlowInspectionFlags.Waiting) == 0)
        {
            return InspectWindow(context, ref flow, data.Side, data.Length);
        }
        return Verdict.Pass;
    }

    /// <summary>Shows the newest bytes of a side to the rules with the packet that brought the last of
    /// them. Bytes that were in sight before are scanned again only if they held a literal.</summary>
    private Verdict InspectWindow(NfContext context, ref FlowInspection flow, Side side, uint newBytes)
    {
        ReadOnlySpan<byte> window = _streams.Window(ref flow, side);
        FlowInspectionFlags suspect = StreamFollower.SuspectFlag(side);
        bool isOld = (flow.Flags & suspect) == 0 && newBytes < window.Length;
        int from = isOld ? window.Length - (int)newBytes : 0;
        Verdict verdict = InspectStream(context, ref flow, side, window, from, out bool matched);
        flow.Flags = _inspector.HasStreamLiteral ? flow.Flags | suspect : flow.Flags & ~suspect;
        if (matched)
        {
            _streams.Release(ref flow, side);
            flow.Flags &= ~suspect;
        }
        return verdict;
    }

    /// <summary>Shows all that waits of a side to the rules, as a piece of its own.</summary>
    private Verdict InspectRest(NfContext context, ref FlowInspection flow, Side side)
    {
        ReadOnlySpan<byte> rest = _streams.Due(ref flow, side, StreamMoment.End);
        return InspectStream(context, ref flow, side, rest, 0, out _);
    }

    private Verdict InspectStream(
        NfContext context, ref FlowInspection flow, Side side, ReadOnlySpan<byte> bytes, int from,
        out bool matched)
    {
        matched = false;
        if (bytes.IsEmpty || flow.IsDecided || (flow.Flags & FlowInspectionFlags.Followed) == 0)
        {
            return Verdict.Pass;
        }
        InspectedPacket packet = StreamEnd.Describe(context.Key, context.ClientIsB, side, context.TimeNs);
        packet.IsEstablished = true;
        packet.Stream = bytes;
        packet.StreamFrom = from;
        packet.TakeFlow(in context.Flow);
        packet.ClientStreamBytes = flow.Client.Sent;
        packet.ServerStreamBytes = flow.Server.Sent;
        packet.FlowNumber = context.FlowId.Value;
        TakeApplication(context, ref packet, ref flow);
        Verdict verdict = Inspect(context, packet, _inspector.GroupOf(packet), ref flow);
        matched = !_inspector.Alerts.IsEmpty;
        return verdict;
    }
}
