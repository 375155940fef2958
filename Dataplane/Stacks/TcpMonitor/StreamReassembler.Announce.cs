using Dataplane.Events;
using Dataplane.Flows;
using Dataplane.Native.Memory;
using Dataplane.Packets;

namespace Dataplane.Stacks.TcpMonitor;

/// <content>What is said of a stream: bytes, gaps, its end.</content>
public sealed partial class StreamReassembler
{
    private void Announce(ref TcpStream stream, PacketBytes bytes, in StreamSource source,
        ref readonly FlowEntry flow)
    {
        ulong offset = stream.Next;
        if (offset + (uint)bytes.Length > DepthBytes)
        {
            AnnounceDepth(ref stream, bytes, in source, in flow);
            return;
        }
        stream.MoveTo(offset + (uint)bytes.Length);
        DeliveredBytes += (uint)bytes.Length;
        if ((stream.Flags & TcpStreamFlags.Keeps) != 0)
        {
            _keeper.Append(ref stream, offset, bytes.Span);
        }
        if (IsRead(in flow))
        {
            ReadBytes(stream.Side, offset, bytes, in source, in flow);
        }
        ulong wanted = _bus.Wanted<DataReady>(in flow, stream.Side, stream.Side.Other());
        EventFlags flags = (stream.Flags & TcpStreamFlags.NewEpoch) != 0
            ? TakeEpochFlag(ref stream)
            : EventFlags.None;
        if ((stream.Flags & TcpStreamFlags.HasData) == 0)
        {
            AnnounceFirst(ref stream, offset, bytes, in source, in flow, wanted);
        }
        if (wanted != 0)
        {
            byte holeAfter = stream.First != SlabPool.None ? (byte)1 : (byte)0;
            var body = new DataReady(offset, (uint)bytes.Length, stream.Side, holeAfter, stream.Epoch);
            _bus.CollectBytes(
                wanted, in flow, source.Slot, source.TimeNs, source.PacketRef, stream.Side, in body, flags,
                bytes);
        }
    }

    /// <summary>Bytes that reach beyond the depth: those before it, then the word that no more will come.
    /// </summary>
    private void AnnounceDepth(
        ref TcpStream stream, PacketBytes bytes, in StreamSource source, ref readonly FlowEntry flow)
    {
        ulong end = stream.Next + (uint)bytes.Length;
        if (stream.Next < DepthBytes)
        {
            Announce(ref stream, bytes.Slice(0, (int)(DepthBytes - stream.Next)), in source, in flow);
        }
        ulong offset = stream.Next;
        stream.MoveTo(end);
        if ((stream.Flags & TcpStreamFlags.DepthReached) != 0)
        {
            return;
        }
        stream.Flags |= TcpStreamFlags.DepthReached;
        ulong wanted = _bus.Wanted<DataDepthReached>(in flow, stream.Side, stream.Side.Other());
        if (wanted != 0)
        {
            var data = new DataReady(offset, 0, stream.Side, 0, stream.Epoch);
            _bus.CollectBytes(
                wanted, in flow, source.Slot, source.TimeNs, source.PacketRef, stream.Side,
                new DataDepthReached(data), EventFlags.None, default);
        }
    }

    /// <summary>The first bytes of a side, for those who want to hear of those only.</summary>
    private void AnnounceFirst(
        ref TcpStream stream, ulong offset, PacketBytes bytes, in StreamSource source,
        ref readonly FlowEntry flow, ulong served)
    {
        stream.Flags |= TcpStreamFlags.HasData;
        ulong wanted = _bus.Wanted<DataFirst>(in flow, stream.Side, stream.Side.Other()) & ~served;
        if (wanted != 0)
        {
            var data = new DataReady(offset, (uint)bytes.Length, stream.Side, 0, stream.Epoch);
            _bus.CollectBytes(
                wanted, in flow, source.Slot, source.TimeNs, source.PacketRef, stream.Side,
                new DataFirst(data), EventFlags.None, bytes);
        }
    }

    private void AnnounceGap(
        ref TcpStream stream, ulong end, GapReason reason, in StreamSource source,
        ref readonly FlowEntry flow)
    {
        ulong offset = stream.Next;
        stream.MoveTo(end);
        if ((stream.Flags & TcpStreamFlags.DepthReached) != 0 && reason != GapReason.Depth)
        {
            return;
        }
        GapBytes += end - offset;
        ReadGap(stream.Side, offset, end - offset, in source, in flow);
        ulong wanted = _bus.Wanted<DataGap>(in flow, stream.Side, stream.Side.Other());
        EventFlags flags = TakeEpochFlag(ref stream);
        if (wanted != 0)
        {
            uint length = (uint)Math.Min(end - offset, uint.MaxValue);
            var data = new DataReady(offset, length, stream.Side, 1, (ushort)reason);
            _bus.CollectBytes(
                wanted, in flow, source.Slot, source.TimeNs, source.PacketRef, stream.Side,
                new DataGap(data), flags, default);
        }
    }

    private void AnnounceEnd(ref TcpStream stream, in StreamSource source, ref readonly FlowEntry flow)
    {
        if ((stream.Flags & TcpStreamFlags.EndSaid) != 0)
        {
            return;
        }
        stream.Flags |= TcpStreamFlags.EndSaid;
        if ((stream.Flags & TcpStreamFlags.DepthReached) != 0)
        {
            // Everything behind the depth at once: it was not looked at, whether it came or not.
            ulong end = stream.Next;
            stream.MoveBack(DepthBytes);
            AnnounceGap(ref stream, end, GapReason.Depth, in source, in flow);
        }
        ReadEnd(stream.Side, in source, in flow);
        ulong wanted = _bus.Wanted<DataEnd>(in flow, stream.Side, stream.Side.Other());
        if (wanted != 0)
        {
            var data = new DataReady(stream.Next, 0, stream.Side, 0, stream.Epoch);
            _bus.CollectBytes(
                wanted, in flow, source.Slot, source.TimeNs, source.PacketRef, stream.Side,
                new DataEnd(data), EventFlags.None, default);
        }
    }

    private static EventFlags TakeEpochFlag(ref TcpStream stream)
    {
        bool isNew = (stream.Flags & TcpStreamFlags.NewEpoch) != 0;
        stream.Flags &= ~TcpStreamFlags.NewEpoch;
        return isNew ? EventFlags.NewEpoch : EventFlags.None;
    }
}
