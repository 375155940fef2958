using System.Numerics;
using Dataplane.Flows;
using Dataplane.Native.Memory;
using Dataplane.Packets;

namespace Dataplane.Events;

/// <content>Links that want their bytes in larger pieces: DATA_RDY is held back and merged per flow, side and
/// link (E10). The stack keeps the bytes meanwhile.</content>
public sealed partial class EventBus
{
    /// <summary>Pieces that wait at once; when all places are taken, the next piece is delivered as it
    /// comes.</summary>
    public const int GatheredMax = 256;

    private readonly GatheredBytes[] _gathered = new GatheredBytes[GatheredMax];

    /// <summary>Pieces that wait.</summary>
    public int GatheredCount { get; private set; }

    /// <summary>The piece at an index below <see cref="GatheredCount"/>.</summary>
    public ref readonly GatheredBytes GatheredAt(int index) => ref _gathered[index];

    /// <summary>Forgets a piece; the last one takes its place.</summary>
    public void Drop(int index) => _gathered[index] = _gathered[--GatheredCount];

    /// <summary>Queues a piece that waited long enough as one event for its link, and forgets it.</summary>
    public void CollectGathered(ref readonly FlowEntry flow, int index)
    {
        GatheredBytes piece = _gathered[index];
        Drop(index);
        EventRecord candidate = Candidate(
            in flow, piece.Slot, piece.Body, OwnType, FlagsOf(piece.Side, piece.Side.Other()), piece.TimeNs);
        candidate.PacketRef = EventRecord.NoPacket;
        PacketBytes bytes = BytesOf(in piece);
        CollectPassed(1UL << piece.Bit, flow.Plan, in candidate, bytes, bytes);
    }

    /// <summary>Of the links those that get the event as it is: not those that gather it.</summary>
    private ulong Gather(
        ulong links, ushort plan, in EventRecord candidate, PacketBytes bytes)
    {
        if ((candidate.Flags & EventFlags.Replay) != 0
            || !EventTree.IsA(candidate.TypeId, EventType<DataReady>.Id))
        {
            return links;
        }

        for (ulong left = links; left != 0; left &= left - 1)
        {
            int bit = BitOperations.TrailingZeroCount(left);
            if (!GatherOne(bit, plan, in candidate, bytes))
            {
                links &= ~(1UL << bit);
            }
        }

        return links;
    }

    /// <summary>True when the event is to be delivered as it is; what waited goes before it.</summary>
    private bool GatherOne(int bit, ushort plan, in EventRecord candidate, PacketBytes bytes)
    {
        DataReady data = EventRecord.BodyOf<DataReady>(in candidate);
        int place = Find(bit, candidate.Flow.Slot, candidate.Generation, data.Side);
        LinkGathering rule = _plans[plan].Links[bit].Gathering!;
        bool isLate = place >= 0 && rule.MaxDelayMs != 0 && candidate.TimeNs >= _gathered[place].DueNs;
        if (place >= 0 && (bytes.IsEmpty || isLate || _gathered[place].Epoch != data.Epoch))
        {
            Release(place, plan, in candidate);
            place = -1;
        }

        if (bytes.IsEmpty || (place < 0 && (data.Length >= rule.MinBytes || GatheredCount == GatheredMax)))
        {
            return true;
        }

        if (place < 0)
        {
            place = GatheredCount++;
            _gathered[place] = new GatheredBytes
            {
                Slot = candidate.Flow.Slot,
                Generation = candidate.Generation,
                Bit = (byte)bit,
                Side = data.Side,
                Epoch = data.Epoch,
                From = data.Offset,
                DueNs = candidate.TimeNs + (rule.MaxDelayMs * 1_000_000L),
            };
        }

        ref GatheredBytes piece = ref _gathered[place];
        piece.To = data.Offset + data.Length;
        piece.TimeNs = candidate.TimeNs;
        piece.HoleAfter = data.HoleAfter;
        if (piece.To - piece.From >= rule.MinBytes)
        {
            Release(place, plan, in candidate);
        }

        return false;
    }

    private int Find(int bit, uint slot, uint generation, Side side)
    {
        for (int i = 0; i < GatheredCount; i++)
        {
            ref readonly GatheredBytes piece = ref _gathered[i];
            if (piece.Slot == slot && piece.Bit == bit && piece.Side == side)
            {
                if (piece.Generation == generation)
                {
                    return i;
                }

                Drop(i--); // of a flow that is gone
            }
        }

        return -1;
    }

    private void Release(int place, ushort plan, in EventRecord cause)
    {
        GatheredBytes piece = _gathered[place];
        Drop(place);
        EventRecord merged = cause;
        merged.TypeId = EventType<DataReady>.Id;
        merged.Body = default;
        Reinterpret.As<EventBody, DataReady>(ref merged.Body) = piece.Body;
        PacketBytes bytes = BytesOf(in piece);
        CollectPassed(1UL << piece.Bit, plan, in merged, bytes, bytes);
    }

    private PacketBytes BytesOf(in GatheredBytes piece) => _delivery is null
        ? default
        : _delivery.KeptBytes(piece.Slot, piece.Side, piece.From, piece.To);
}

/// <summary>Bytes of a side that were announced and wait to be delivered to one link as one piece.</summary>
public struct GatheredBytes
{
    /// <summary>The flow, its slot's use, the link, the side.</summary>
    public uint Slot;
    public uint Generation;
    public byte Bit;
    public Side Side;

    /// <summary>As in DATA_RDY.</summary>
    public byte HoleAfter;
    public ushort Epoch;

    /// <summary>Stream offsets [From, To).</summary>
    public ulong From;
    public ulong To;

    /// <summary>Flow time of the newest of them, and when the piece must be delivered at the
    /// latest.</summary>
    public long TimeNs;
    public long DueNs;

    /// <summary>The event's body.</summary>
    public readonly DataReady Body => new(From, (uint)(To - From), Side, HoleAfter, Epoch);
}

/// <summary>Bytes in larger pieces: at least <paramref name="MinBytes"/>, but none waits longer than
/// <paramref name="MaxDelayMs"/> (0: than the burst), nor than a gap or the side's end.</summary>
public sealed record LinkGathering(uint MinBytes, uint MaxDelayMs);
