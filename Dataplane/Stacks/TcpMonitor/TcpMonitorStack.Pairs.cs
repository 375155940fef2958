using System.Runtime.CompilerServices;
using Dataplane.Events;
using Dataplane.Flows;
using Dataplane.Packets;

namespace Dataplane.Stacks.TcpMonitor;

/// <content>Which flows hold halves. A flow holds a pair from its second packet on while a subscriber asks
/// for a half; a first SYN nobody has answered is kept in the flow itself (embryonic), so that a flood of
/// them takes no halves. Where none is free the flow is bypassed until one is, and is then followed as from
/// the middle.</content>
public sealed partial class TcpMonitorStack
{
    /// <summary>Marks, in the place of the window shift, a SYN that carried a time stamp.</summary>
    private const byte HasStamp = 0x80;
    private const byte MeaningfulFlags = 0x3F;

    /// <summary>The embryonic flow whose halves are worked out in the pair for that.</summary>
    private uint _staged = FlowTable.None;

    /// <summary>A second packet of a flow whose first was a SYN: it gets halves. Called before the packet is
    /// counted.</summary>
    public void Hatch(ref FlowEntry flow, uint slot)
    {
        uint pair = (flow.Flags & FlowFlags.DropAll) != 0 ? TcpPairs.Staging : TakePair(ref flow);
        if (pair == TcpPairs.Staging)
        {
            _flows.NumbersOf(slot).ServerNext = 0;
            Release(ref flow, slot);
            return;
        }
        Unfold(in flow, slot, pair);
        flow.ClearEmbryo();
        flow.Pair = pair;
        _staged = FlowTable.None;
        if ((flow.Depth & StackDepth.ClientStream) != 0)
        {
            KeptRange keep = _bus.KeepOf(in flow, slot, Side.Client);
            uint first = _pairs[pair, Side.Client].InitialSequence + 1;
            uint number = _reassembler.Open(Side.Client, first, keep, 0, TcpStreamFlags.None);
            _pairs[pair, Side.Server].ReceiveStream = number;
            if (number != StreamReassembler.None)
            {
                _reassembler[number].Policy = _settings.Hosts.SegmentsTo(in flow.Key);
            }
        }
    }

    /// <summary>A packet of a flow without halves, whose subscribers ask for some.</summary>
    private StackResult Begin(ref Packet packet, ref FlowEntry flow, uint slot, TcpFindings odd)
    {
        bool isEmbryo = (_segment.Flags & MeaningfulFlags) == TcpSegment.Syn && _segment.Acknowledgment == 0
            && _segment.PayloadLength == 0 && flow.ClientPackets == 1 && flow.ServerPackets == 0;
        uint pair = isEmbryo ? TcpPairs.Staging : TakePair(ref flow);
        if (!isEmbryo && pair == TcpPairs.Staging)
        {
            Watch(ref packet, ref flow, slot);
            return StackResult.Continue;
        }
        Start(ref flow, pair, isRenewed: false);
        if (!isEmbryo)
        {
            return Follow(ref packet, ref flow, slot, odd);
        }
        _staged = slot;
        StackResult result = Follow(ref packet, ref flow, slot, odd);
        Fold(ref flow, slot);
        return result;
    }

    /// <summary>A pair for a flow; one that finds none is counted once and marked.</summary>
    private uint TakePair(ref FlowEntry flow)
    {
        uint pair = _pairs.Take();
        if (pair != TcpPairs.Staging)
        {
            flow.Flags &= ~FlowFlags.Unfollowed;
        }
        else if ((flow.Flags & FlowFlags.Unfollowed) == 0)
        {
            flow.Flags |= FlowFlags.Unfollowed;
            _pairs.CountRefusal();
        }
        return pair;
    }

    /// <summary>The flow needs no halves any more.</summary>
    private void Release(ref FlowEntry flow, uint slot)
    {
        if (HoldsPair(in flow) && flow.Pair != TcpPairs.Staging)
        {
            _pairs.Give(flow.Pair);
        }
        if ((flow.Flags & FlowFlags.Embryonic) != 0)
        {
            flow.ClearEmbryo();
        }
        _staged = _staged == slot ? FlowTable.None : _staged;
        flow.Pair = TcpPairs.Staging;
        flow.Flags &= ~FlowFlags.HalvesValid;
    }

    /// <summary>Keeps what the first SYN left in the halves in the flow itself; where it was refused, the
    /// flow gets a pair.</summary>
    private void Fold(ref FlowEntry flow, uint slot)
    {
        ref readonly TcpHalf client = ref _pairs[TcpPairs.Staging, Side.Client];
        ref readonly TcpHalf server = ref _pairs[TcpPairs.Staging, Side.Server];
        if (client.State != TcpState.SynSent)
        {
            uint pair = TakePair(ref flow);
            if (pair == TcpPairs.Staging)
            {
                Release(ref flow, slot);
                return;
            }
            (_pairs[pair, Side.Client], _pairs[pair, Side.Server]) = (client, server);
            (flow.Pair, _staged) = (pair, FlowTable.None);
            return;
        }
        bool hasStamp = server.Has(TcpHalfFlags.HasTimestamp);
        _flows.NumbersOf(slot) = new FlowNumbers
        {
            ClientNext = client.SendNext, ServerNext = server.TimestampRecent,
        };
        flow.Pair = client.SendNextUs;
        flow.SetEmbryo(client.Window, (byte)(client.WindowShift | (hasStamp ? HasStamp : 0)));
    }

    /// <summary>The halves of an embryonic flow, as its SYN left them.</summary>
    private void Unfold(ref readonly FlowEntry flow, uint slot, uint pair)
    {
        ref TcpHalf client = ref _pairs[pair, Side.Client];
        ref TcpHalf server = ref _pairs[pair, Side.Server];
        client = default;
        server = default;
        FlowNumbers numbers = _flows.NumbersOf(slot);
        (ushort window, byte shift) = flow.Embryo;
        var syn = new TcpSegment(numbers.ClientNext - 1, 0, 0, flow.Pair, window, TcpSegment.Syn);
        TcpTracker.AdvanceInFull(ref client, ref server, in syn, out _);
        client.WindowShift = (byte)(shift & ~HasStamp);
        server.WindowShift = client.WindowShift == TcpHalf.ShiftUnused
            ? TcpHalf.ShiftUnused
            : TcpHalf.ShiftUnknown;
        if ((shift & HasStamp) != 0)
        {
            client.Flags |= TcpHalfFlags.OffersTimestamps;
            server.Flags |= TcpHalfFlags.HasTimestamp;
            server.TimestampRecent = numbers.ServerNext;
        }
    }

    /// <summary>Where a flow's halves can be read.</summary>
    private uint PairOf(ref readonly FlowEntry flow, uint slot)
    {
        if ((flow.Flags & FlowFlags.Embryonic) == 0)
        {
            return flow.Pair;
        }
        if (_staged != slot)
        {
            Unfold(in flow, slot, TcpPairs.Staging);
            _staged = slot;
        }
        return TcpPairs.Staging;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool HoldsPair(ref readonly FlowEntry flow) =>
        (flow.Flags & (FlowFlags.HalvesValid | FlowFlags.Embryonic)) == FlowFlags.HalvesValid;
}
