using Dataplane.Events;
using Dataplane.Flows;
using Dataplane.Native.Memory;
using Dataplane.Packets;

namespace Dataplane.Stacks.TcpMonitor;

/// <content>Looking into the streams: kept bytes, and those behind holes.</content>
public sealed partial class TcpMonitorStack : IStreamView
{
    /// <inheritdoc/>
    public int PeekAt(uint slot, Side side, ulong offset, Span<byte> target)
    {
        uint number = StreamOf(slot, side);
        int copied = 0;
        while (number != StreamReassembler.None && copied < target.Length
            && _reassembler.TryFind(number, offset + (uint)copied, out ulong start, out PacketBytes bytes)
            && start == offset + (uint)copied)
        {
            int count = Math.Min(bytes.Length, target.Length - copied);
            bytes.Span[..count].CopyTo(target[copied..]);
            copied += count;
        }
        return copied;
    }

    /// <inheritdoc/>
    public int Ranges(uint slot, Side side, Span<StreamRange> target)
    {
        uint number = StreamOf(slot, side);
        int count = 0;
        ulong at = 0;
        while (number != StreamReassembler.None
            && _reassembler.TryFindRange(number, at, out ulong start, out ulong end))
        {
            at = end;
            if (count != 0 && target[count - 1].End == start)
            {
                target[count - 1] = target[count - 1] with { Length = end - target[count - 1].Offset };
            }
            else if (count == target.Length)
            {
                break;
            }
            else
            {
                target[count++] = new StreamRange(start, end - start);
            }
        }
        return count;
    }

    /// <inheritdoc/>
    public StreamBuffer BufferOf(uint slot, Side side)
    {
        uint number = StreamOf(slot, side);
        if (number == StreamReassembler.None)
        {
            return default;
        }
        ref TcpStream stream = ref _reassembler[number];
        bool isKept = _reassembler.Keeper.TryFind(in stream, 0, out ulong oldest, out _);
        return new StreamBuffer(
            stream.Next, isKept ? oldest : stream.Next, stream.EarlyBytes + stream.LateBytes,
            stream.HeldSlabBytes, Math.Max(stream.Keep.First, stream.Keep.Last));
    }

    /// <inheritdoc/>
    public uint SetBuffer(uint slot, Side side, uint bytes)
    {
        if ((_flows[slot].Flags & FlowFlags.Embryonic) != 0)
        {
            Hatch(ref _flows[slot], slot);
        }
        uint number = StreamOf(slot, side);
        if (number == StreamReassembler.None)
        {
            return 0;
        }
        ref TcpStream stream = ref _reassembler[number];
        stream.BufferBytes = Math.Min(bytes, StreamKeep.BytesMax);
        stream.KeepAs(stream.Keep with { Last = Math.Max(stream.Keep.Last, stream.BufferBytes) });
        return stream.Keep.Last;
    }

    /// <inheritdoc/>
    public StreamBuffering SetBuffering(uint slot, Side side, StreamBuffering kind)
    {
        uint number = StreamOf(slot, side);
        if (number == StreamReassembler.None)
        {
            return StreamBuffering.Data;
        }
        ref TcpStreamFlags flags = ref _reassembler[number].Flags;
        flags &= ~(TcpStreamFlags.MapOnly | TcpStreamFlags.Unheld);
        flags |= kind switch
        {
            StreamBuffering.Map => TcpStreamFlags.MapOnly,
            StreamBuffering.None => TcpStreamFlags.Unheld,
            _ => TcpStreamFlags.None,
        };
        return kind;
    }

    private uint StreamOf(uint slot, Side side)
    {
        ref readonly FlowEntry flow = ref _flows[slot];
        return HoldsPair(in flow) ? _pairs[flow.Pair, side.Other()].ReceiveStream : StreamReassembler.None;
    }
}
