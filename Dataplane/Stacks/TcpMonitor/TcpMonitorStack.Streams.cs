using System.Runtime.CompilerServices;
using Dataplane.Events;
using Dataplane.Flows;
using Dataplane.Native.Memory;
using Dataplane.Packets;

namespace Dataplane.Stacks.TcpMonitor;

/// <content>The byte streams of a flow: opened when somebody wants them, moved by each packet,
/// replayed, closed.</content>
public sealed partial class TcpMonitorStack
{
    /// <inheritdoc/>
    public void SubscriptionsChanged(uint slot, ref FlowEntry flow, StackDepth before)
    {
        if ((flow.Flags & FlowFlags.HalvesValid) == 0)
        {
            return;
        }
        if (HoldsPair(in flow))
        {
            Settle(slot, in flow, Side.Client, StackDepth.ClientStream);
            Settle(slot, in flow, Side.Server, StackDepth.ServerStream);
        }
        if (flow.Depth == StackDepth.Bypass)
        {
            _flows.NumbersOf(slot) = new FlowNumbers
            {
                ClientNext = this[slot, Side.Client].InitialSequence + 1,
                ServerNext = this[slot, Side.Server].InitialSequence + 1,
            };
            Release(ref flow, slot);
        }
    }

    /// <inheritdoc/>
    public void FlowEnding(uint slot, ref FlowEntry flow, long timeNs)
    {
        if ((flow.Flags & FlowFlags.HalvesValid) == 0)
        {
            return;
        }
        AnnounceAttempt(slot, ref flow, timeNs);
        var source = StreamSource.At(timeNs, slot);
        FinishOne(this[slot, Side.Server].ReceiveStream, in source, in flow);
        FinishOne(this[slot, Side.Client].ReceiveStream, in source, in flow);
    }

    /// <inheritdoc/>
    public void FlowEnded(uint slot, ref FlowEntry flow)
    {
        CloseStreams(slot, in flow);
        Release(ref flow, slot);
    }

    /// <inheritdoc/>
    public void Replay(uint slot, ref FlowEntry flow, ulong links, ulong from)
    {
        LinkTable plan = _bus.PlanOf(flow.Plan);
        if (!HoldsPair(in flow))
        {
            return;
        }
        if ((links & plan.ClientStreamMask) != 0)
        {
            ReplayOne(Side.Client, slot, in flow, links, from);
        }
        if ((links & plan.ServerStreamMask) != 0)
        {
            ReplayOne(Side.Server, slot, in flow, links, from);
        }
    }

    private void ReplayOne(Side side, uint slot, ref readonly FlowEntry flow, ulong links, ulong from)
    {
        uint number = StreamOf(slot, side);
        if (number == StreamReassembler.None)
        {
            AnnounceMissed(side, slot, in flow, links, from);
            return;
        }
        ref TcpStream stream = ref _reassembler[number];
        ulong wanted = links & _bus.Wanted<DataReady>(in flow, stream.Side, stream.Side.Other());
        ulong wantedGaps = links & _bus.Wanted<DataGap>(in flow, stream.Side, stream.Side.Other());
        ulong at = from;
        while (at < stream.Next || from == IFlowStreams.FromOldestKept)
        {
            ulong lookFrom = at == IFlowStreams.FromOldestKept ? 0 : at;
            bool isFound =
                _reassembler.Keeper.TryFind(in stream, lookFrom, out ulong start, out PacketBytes bytes);
            ulong next = isFound ? start : stream.Next;
            at = at == IFlowStreams.FromOldestKept ? next : at;
            from = at;
            if (next > at && wantedGaps != 0)
            {
                var gap = new DataReady(at, (uint)(next - at), stream.Side, 0, (ushort)GapReason.MemoryCap);
                _bus.CollectBytes(
                    wantedGaps, in flow, slot, 0, EventRecord.NoPacket, stream.Side,
                    new DataGap(gap), EventFlags.Replay, default);
            }
            at = next;
            if (isFound && wanted != 0)
            {
                var data = new DataReady(at, (uint)bytes.Length, stream.Side, 0, stream.Epoch);
                _bus.CollectBytes(
                    wanted, in flow, slot, 0, EventRecord.NoPacket, stream.Side, in data, EventFlags.Replay,
                    bytes);
            }
            at += (uint)bytes.Length;
        }
    }

    /// <summary>Nobody has put the side's bytes in order so far: those from an offset on that have passed
    /// are gone.</summary>
    private void AnnounceMissed(
        Side side, uint slot, ref readonly FlowEntry flow, ulong links, ulong from)
    {
        ref readonly TcpHalf half = ref this[slot, side];
        ulong passed = OffsetOf(in half, half.SendNext - (half.Has(TcpHalfFlags.FinSent) ? 1u : 0));
        ulong wanted = links & _bus.Wanted<DataGap>(in flow, side, side.Other());
        if (wanted != 0 && half.Has(TcpHalfFlags.HasSent) && passed > from)
        {
            var gap = new DataReady(
                from, (uint)(passed - from), side, 0, (ushort)GapReason.NeverSeen);
            _bus.CollectBytes(
                wanted, in flow, slot, 0, EventRecord.NoPacket, side, new DataGap(gap), EventFlags.Replay,
                default);
        }
    }

    /// <summary>Where a number stands in what a half sends, modulo 4 GiB; 0 for one before its first
    /// byte. The number of a FIN is no byte.</summary>
    private static ulong OffsetOf(ref readonly TcpHalf half, uint sequence)
    {
        bool isBehindFin = half.Has(TcpHalfFlags.FinSent) && sequence == half.FinSequence + 1;
        uint offset = sequence - half.InitialSequence - (isBehindFin ? 2u : 1);
        return half.Has(TcpHalfFlags.HasInitial) && offset != uint.MaxValue ? offset : 0;
    }

    /// <summary>Acknowledged holes of the other direction first, then what this packet brings.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="flow">Its flow.</param>
    /// <param name="slot">The flow's slot.</param>
    /// <param name="sender">The half that sent it.</param>
    /// <param name="receiver">The half that it goes to.</param>
    /// <param name="distance">Bytes ahead of its turn (positive) or behind it.</param>
    private void MoveStreams(
        ref Packet packet, ref FlowEntry flow, uint slot, ref TcpHalf sender, ref TcpHalf receiver,
        int distance)
    {
        uint other = sender.ReceiveStream;
        if (other != StreamReassembler.None && _segment.HasAck && !_segment.HasReset)
        {
            ref TcpStream acknowledged = ref _reassembler[other];
            _otherStream = other;
            _mustCommit |= !acknowledged.IsPlain;
            if (_canUndo)
            {
                _otherBefore = acknowledged;
            }
            if (acknowledged.DistanceTo(_segment.Acknowledgment) > 0)
            {
                var source = new StreamSource(slot, packet.TimestampNs, packet.BufferRef, default);
                _reassembler.Acknowledge(ref acknowledged, _segment.Acknowledgment, in source, in flow);
            }
        }
        StackDepth bit = packet.Sender == Side.Client ? StackDepth.ClientStream : StackDepth.ServerStream;
        if ((flow.Depth & bit) == 0
            || (_segment.HasReset && receiver.ReceiveStream == StreamReassembler.None))
        {
            return;
        }
        if (receiver.ReceiveStream == StreamReassembler.None)
        {
            if (flow.Pair == TcpPairs.Staging)
            {
                return; // opened when the SYN is answered: see Hatch
            }
            receiver.ReceiveStream = Open(ref packet, in flow, slot, in sender, distance);
        }
        if (receiver.ReceiveStream != StreamReassembler.None && !_segment.HasReset)
        {
            MoveSent(in packet, in flow, slot, receiver.ReceiveStream);
        }
    }

    /// <summary>What a packet brings to the stream of its sender.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void MoveSent(
        ref readonly Packet packet, ref readonly FlowEntry flow, uint slot, uint number)
    {
        ref TcpStream stream = ref _reassembler[number];
        _sentStream = number;
        bool wasPlain = stream.IsPlain;
        if (_canUndo)
        {
            _sentBefore = stream;
        }
        if ((_segment.Flags & TcpSegment.Urgent) != 0)
        {
            AnnounceUrgent(in packet, in flow, slot);
        }
        if (packet.PayloadLength == 0 && stream.IsInTurn(in _segment))
        {
            _mustCommit |= !wasPlain;
            return; // an acknowledgment: it moves the other stream only
        }
        var source = StreamSource.Of(in packet, slot);
        ulong overruns = _reassembler.OverrunCount;
        bool isSettled = _reassembler.Receive(ref stream, in _segment, in source, in flow);
        _mustCommit |= !(wasPlain && isSettled);
        if (_reassembler.OverrunCount != overruns)
        {
            AnnounceOverrun(in packet, in flow, slot);
        }
    }

    private void AnnounceUrgent(ref readonly Packet packet, ref readonly FlowEntry flow, uint slot)
    {
        Side half = packet.Sender.Other();
        ulong wanted = _bus.Wanted<DataUrgent>(in flow, packet.Sender, half);
        if (wanted != 0)
        {
            // RFC 6093: the pointer names the byte behind the urgent one.
            uint pointer = packet.Frame.ReadUInt16(packet.L4Offset + 18);
            ref TcpStream stream = ref _reassembler[_sentStream];
            long distance = stream.DistanceTo(_segment.DataSequence + pointer - 1);
            var data = new DataReady(
                (ulong)Math.Max(0, (long)stream.Next + distance), 0, packet.Sender, 0, stream.Epoch);
            _bus.Collect(wanted, in flow, slot, in packet, half, new DataUrgent(data));
        }
    }

    private void AnnounceOverrun(ref readonly Packet packet, ref readonly FlowEntry flow, uint slot)
    {
        Side half = packet.Sender.Other();
        ushort type = EventKinds<TcpError>.TypeOf((int)TcpErrorReason.BufferOverrun);
        ulong wanted = _bus.Wanted(type, in flow, packet.Sender, half);
        if (wanted != 0)
        {
            var body = new TcpError(TcpOf(slot), (byte)TcpErrorReason.BufferOverrun);
            _bus.Collect(wanted, in flow, slot, in packet, half, in body, type: type);
        }
    }

    /// <summary>Nobody has answered the flow's SYN.</summary>
    private void AnnounceAttempt(uint slot, ref readonly FlowEntry flow, long timeNs)
    {
        bool isAttempt = this[slot, Side.Client].State == TcpState.SynSent
            && !this[slot, Side.Server].Has(TcpHalfFlags.HasSent);
        ulong wanted = isAttempt ? _bus.Wanted<TcpAttempt>(in flow, Side.Client, Side.Client) : 0;
        if (wanted != 0)
        {
            _bus.CollectWithoutPacket(
                wanted, in flow, slot, timeNs, Side.Client, Side.Client, new TcpAttempt(TcpOf(slot)));
        }
    }

    private uint Open(
        ref Packet packet, ref readonly FlowEntry flow, uint slot, ref readonly TcpHalf sender, int distance)
    {
        Side side = packet.Sender;
        KeptRange keep = _bus.KeepOf(in flow, slot, side);
        bool isBeginning = sender.Has(TcpHalfFlags.SynSeen) && sender.SendNext - sender.InitialSequence
            == _segment.PayloadLength + (_segment.HasFin || _segment.HasSyn ? 1u : 0)
            + (_segment.HasSyn ? 0u : 1);
        bool isResumed = sender.Origin == TcpOrigin.Resumed;
        TcpStreamFlags flags = isResumed ? TcpStreamFlags.NewEpoch : TcpStreamFlags.None;
        bool isLate = !isBeginning && !isResumed && !flow.HasSentOne(side);
        uint first = isBeginning ? sender.InitialSequence + 1
            : _segment.DataSequence - (isLate ? (uint)distance : 0);
        ulong offset = isLate ? OffsetOf(in sender, first) : 0;
        uint number = _reassembler.Open(
            side, first, keep, isResumed ? (ushort)1 : (ushort)0, flags, offset);
        if (number == StreamReassembler.None)
        {
            AnnounceUnread(in packet, in flow, slot, in sender, distance);
            return number;
        }
        _reassembler[number].Policy = _settings.Hosts.SegmentsTo(in packet);
        ulong wanted = isResumed ? _bus.Wanted<DataGap>(in flow, side, side.Other()) : 0;
        if (wanted != 0)
        {
            var gap = new DataReady(0, 0, side, 0, (ushort)GapReason.NeverSeen);
            _bus.CollectBytes(
                wanted, in flow, slot, packet.TimestampNs, packet.BufferRef, side,
                new DataGap(gap), EventFlags.NewEpoch, default);
        }
        return number;
    }

    /// <summary>There is no room for the stream: what the segment brings is lost to its readers.</summary>
    private void AnnounceUnread(
        ref readonly Packet packet, ref readonly FlowEntry flow, uint slot, ref readonly TcpHalf sender,
        int distance)
    {
        int length = (int)_segment.PayloadLength + distance;
        Side side = packet.Sender;
        ulong wanted = length > 0 ? _bus.Wanted<DataGap>(in flow, side, side.Other()) : 0;
        if (wanted != 0)
        {
            ulong from = OffsetOf(in sender, _segment.DataSequence - (uint)distance);
            var gap = new DataReady(from, (uint)length, side, 0, (ushort)GapReason.MemoryCap);
            _bus.CollectBytes(
                wanted, in flow, slot, packet.TimestampNs, packet.BufferRef, side, new DataGap(gap),
                EventFlags.None, default);
        }
    }

    private void Settle(uint slot, ref readonly FlowEntry flow, Side side, StackDepth bit)
    {
        ref TcpHalf receiver = ref this[slot, side.Other()];
        if (receiver.ReceiveStream == StreamReassembler.None)
        {
            return;
        }
        if ((flow.Depth & bit) == 0)
        {
            Forget(receiver.ReceiveStream);
            receiver.ReceiveStream = StreamReassembler.None;
            return;
        }
        ref TcpStream stream = ref _reassembler[receiver.ReceiveStream];
        KeptRange keep = _bus.KeepOf(in flow, slot, side);
        stream.KeepAs(keep with { Last = Math.Max(keep.Last, stream.BufferBytes) });
        if (_bus.PlanOf(flow.Plan).HasSeveralReaders(flow.LinkMask, side))
        {
            // What one reader can do without, another may need.
            stream.Flags &= ~(TcpStreamFlags.MapOnly | TcpStreamFlags.Unheld);
        }
        _reassembler.Keeper.Trim(ref stream);
    }

    private void FinishOne(uint number, in StreamSource source, ref readonly FlowEntry flow)
    {
        if (number != StreamReassembler.None)
        {
            _reassembler.Finish(number, in source, in flow);
        }
    }

    private void CloseStreams(uint slot, ref readonly FlowEntry flow)
    {
        if (!HoldsPair(in flow))
        {
            return;
        }
        Forget(this[slot, Side.Client].ReceiveStream);
        Forget(this[slot, Side.Server].ReceiveStream);
        this[slot, Side.Client].ReceiveStream = StreamReassembler.None;
        this[slot, Side.Server].ReceiveStream = StreamReassembler.None;
    }

    private void Forget(uint number)
    {
        if (number == StreamReassembler.None)
        {
            return;
        }
        _sentStream = number == _sentStream ? StreamReassembler.None : _sentStream;
        _otherStream = number == _otherStream ? StreamReassembler.None : _otherStream;
        _reassembler.FreeSpent(number);
        _reassembler.Close(number);
    }
}
