using Dataplane.Chains;
using Dataplane.Events;
using Dataplane.Events.Applications;
using Dataplane.Flows;
using Dataplane.Inspection.Compile;
using Dataplane.Inspection.Verify;
using Dataplane.Packets;

namespace Dataplane.NetworkFunctions;

/// <content>What the rules that are left for a flow need to hear: the rest is switched off, and the stack
/// becomes as shallow as that allows.</content>
public sealed partial class SignatureMatch
{
    /// <summary>With a flow's first packet: what no rule of its port can use is switched off.</summary>
    private void Begin(NfContext context, in InspectedPacket packet, ref FlowInspection flow)
    {
        FlowRuleGroups groups = _inspector.GroupsOf(packet);
        if (!_inspector.ConcernsEnds(packet, groups))
        {
            // No rule is about these addresses, so none can ever match.
            flow.Flags |= FlowInspectionFlags.Left;
            Forget(context, ref flow);
            return;
        }
        bool hearsBoth = HearsBoth(context, groups);
        SwitchOff(context, groups.ToServer, hearsBoth, ClientPackets, ClientStream);
        SwitchOff(context, groups.ToClient, hearsBoth, ServerPackets, ServerStream);
        if (_rules.FindingRules.IsEmpty)
        {
            context.Unsubscribe(Findings);
        }
        if (!_rules.NamesApplications)
        {
            context.Unsubscribe(Applications);
        }
        if (_choice is null)
        {
            context.Unsubscribe(Detections);
        }
        else if (packet.Transport == TransportClass.Tcp && context.IsSubscribed(Detections))
        {
            // Streams can wait for the answer because their bytes are kept; datagrams are not.
            flow.Flags |= FlowInspectionFlags.Waiting;
        }
    }

    /// <summary>True when packets of both sides matter to the rules of either: they say how much was sent,
    /// and acknowledge what shows the protocol.</summary>
    private bool HearsBoth(NfContext context, in FlowRuleGroups groups) =>
        groups.WantsOtherSide || (groups.NamesApplications && !_options.AtOnce && !context.CanDrop);

    private static void SwitchOff(
        NfContext context, RuleGroup group, bool hearsBoth, string packets, string stream)
    {
        if (group.RuleCount == 0 && !hearsBoth)
        {
            context.Unsubscribe(packets);
        }
        if (!group.WantsStream)
        {
            context.Unsubscribe(stream);
        }
    }

    /// <summary>Switches a side off when its rules have seen what they wanted, or its stream reached its
    /// depth.</summary>
    private void Narrow(
        NfContext context, in InspectedPacket packet, RuleGroup group, ref FlowInspection flow)
    {
        bool isDeep = (flow.Flags & StreamFollower.DoneFlag(packet.Sender)) != 0;
        bool isServer = packet.Sender == Side.Server;
        if (isDeep)
        {
            context.Unsubscribe(isServer ? ServerStream : ClientStream);
        }
        bool isFollowedAtOnce = (_options.AtOnce || context.CanDrop) && packet.IsInStream
            && (flow.Flags & FlowInspectionFlags.Established) != 0;
        bool hasSeenAll = !group.HasMoreThanOnce || (isDeep && !group.WantsHeaders)
            || (isFollowedAtOnce && !group.WantsPackets && (flow.Flags & FlowInspectionFlags.Waiting) == 0);
        if (hasSeenAll && !HearsBoth(context, _inspector.GroupsOf(packet)))
        {
            context.Unsubscribe(isServer ? ServerPackets : ClientPackets);
            flow.Flags &= ~StreamFollower.HeardFlag(packet.Sender);
        }
    }

    /// <summary>A connection was reset: packets that come still are no part of a stream and are inspected one
    /// by one, as before it was established.</summary>
    private static void HearPacketsAgain(NfContext context)
    {
        if ((context.Flow.Flags & FlowFlags.ResetSeen) != 0)
        {
            HearPackets(context, ClientStream, ClientPackets);
            HearPackets(context, ServerStream, ServerPackets);
        }
    }

    private static void HearPackets(NfContext context, string stream, string packets)
    {
        if (context.IsSubscribed(stream) && !context.IsSubscribed(packets))
        {
            context.Subscribe(packets);
        }
    }

    /// <summary>Watches whether the flow turns to ciphertext with these bytes; <paramref name="clear"/> of
    /// them come before it.</summary>
    private EncryptionState Watch(
        NfContext context, ref FlowInspection flow, in DataReady data, ReadOnlySpan<byte> bytes,
        out int clear)
    {
        clear = bytes.Length;
        if ((flow.Flags & FlowInspectionFlags.Unwatched) != 0 || bytes.IsEmpty)
        {
            return EncryptionState.Unknown;
        }
        bool isPlain = _options.Encrypted == EncryptedTraffic.Inspect
            || (data.Offset == 0 && !EncryptionWatch.MayBegin(bytes[0]));
        EncryptionState state = isPlain ? EncryptionState.Plain : EncryptionWatch.Take(
            ref _watched[context.FlowId], data.Side, bytes, HasAnswered(context), out clear);
        flow.Flags |= state == EncryptionState.Plain
            ? FlowInspectionFlags.Unwatched : FlowInspectionFlags.None;
        return state;
    }

    /// <summary>Leaves a flow, or a side of it, that has turned to ciphertext, as the options say.</summary>
    private void LeaveCiphertext(
        NfContext context, ref FlowInspection flow, EncryptionState state, Side side)
    {
        if (flow.IsDecided)
        {
            return;
        }
        switch (state)
        {
            case EncryptionState.Tls when _options.Encrypted == EncryptedTraffic.Payload:
                LeavePayload(context, ref flow);
                break;
            case EncryptionState.Tls:
                Leave(context, ref flow);
                break;
            case EncryptionState.Ssh:
                LeaveSide(context, ref flow, side);
                break;
        }
    }

    /// <summary>Where the server's bytes are not heard: so many of its frames' bytes must be
    /// payload.</summary>
    private static bool HasAnswered(NfContext context)
    {
        const ulong frameWithoutPayloadMax = 128;
        return context.Flow.ServerBytes > context.Flow.ServerPackets * frameWithoutPayloadMax;
    }

    /// <summary>Ciphertext of both sides: what waits is shown to the rules, then only headers of packets
    /// and what the parser finds are left.</summary>
    private void LeavePayload(NfContext context, ref FlowInspection flow)
    {
        if (!_options.AtOnce && !context.CanDrop)
        {
            InspectRest(context, ref flow, Side.Client);
            InspectRest(context, ref flow, Side.Server);
        }
        flow.Flags |= FlowInspectionFlags.Encrypted | FlowInspectionFlags.Unwatched
            | StreamFollower.DoneFlag(Side.Client) | StreamFollower.DoneFlag(Side.Server);
        _streams.Release(ref flow);
        context.Unsubscribe(ClientStream);
        context.Unsubscribe(ServerStream);
        LeavePackets(context, ref flow, Side.Client, ClientPackets);
        LeavePackets(context, ref flow, Side.Server, ServerPackets);
    }

    private void LeavePackets(NfContext context, ref FlowInspection flow, Side side, string packets)
    {
        RuleGroup group = _inspector.GroupOf(in context.Key, context.ClientIsB, side);
        RuleGroup other = _inspector.GroupOf(in context.Key, context.ClientIsB, side.Other());
        bool hearsBoth = HearsBoth(context, new FlowRuleGroups(group, other));
        if (!group.WantsHeaders && !hearsBoth)
        {
            context.Unsubscribe(packets);
            flow.Flags &= ~StreamFollower.HeardFlag(side);
        }
    }

    /// <summary>The side has sent NEWKEYS. With the second one, or when the other side is not heard, the
    /// flow is left alone.</summary>
    private void LeaveSide(NfContext context, ref FlowInspection flow, Side side)
    {
        bool isOther = side == Side.Server
            ? context.IsSubscribed(ClientStream) : context.IsSubscribed(ServerStream);
        if (!isOther)
        {
            Leave(context, ref flow);
            return;
        }
        if (!_options.AtOnce && !context.CanDrop)
        {
            InspectRest(context, ref flow, side);
        }
        flow.Flags |= StreamFollower.DoneFlag(side);
        _streams.Release(ref flow, side);
        context.Unsubscribe(side == Side.Server ? ServerStream : ClientStream);
    }

    /// <summary>Nothing of the flow is inspected any more; what waits is shown to the rules before.</summary>
    private void Leave(NfContext context, ref FlowInspection flow)
    {
        if (!_options.AtOnce && !context.CanDrop)
        {
            InspectRest(context, ref flow, Side.Client);
            InspectRest(context, ref flow, Side.Server);
        }
        flow.Flags |= FlowInspectionFlags.Left;
        Forget(context, ref flow);
    }

    /// <summary>The flow's protocol is known: rules about others cannot match any more.</summary>
    private void NarrowTo(NfContext context, AppProtocol protocol)
    {
        FlowRuleGroups groups = new(
            _inspector.GroupOf(in context.Key, context.ClientIsB, Side.Client),
            _inspector.GroupOf(in context.Key, context.ClientIsB, Side.Server));
        bool hearsBoth = HearsBoth(context, groups);
        NarrowTo(context, groups.ToServer, protocol, hearsBoth, ClientPackets, ClientStream);
        NarrowTo(context, groups.ToClient, protocol, hearsBoth, ServerPackets, ServerStream);
    }

    private static void NarrowTo(
        NfContext context, RuleGroup group, AppProtocol protocol, bool hearsBoth, string packets,
        string stream)
    {
        if (!group.WantsStreamOf(protocol))
        {
            context.Unsubscribe(stream);
            if (!group.WantsPacketsOf(protocol) && !hearsBoth)
            {
                context.Unsubscribe(packets);
            }
        }
    }

    private void Forget(NfContext context, ref FlowInspection flow)
    {
        _streams.Release(ref flow);
        context.Unsubscribe(ClientPackets);
        context.Unsubscribe(ServerPackets);
        context.Unsubscribe(ClientStream);
        context.Unsubscribe(ServerStream);
        context.Unsubscribe(Detections);
        context.Unsubscribe(Applications);
        context.Unsubscribe(Findings);
    }
}
