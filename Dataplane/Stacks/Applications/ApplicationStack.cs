using System.Runtime.CompilerServices;
using Dataplane.Events;
using Dataplane.Events.Applications;
using Dataplane.Flows;
using Dataplane.Native.Memory;
using Dataplane.Packets;

namespace Dataplane.Stacks.Applications;

/// <summary>Follows the application protocols of flows in which somebody wants APP events: recognises
/// them, then feeds one parser.</summary>
/// <remarks>One per worker; its thread only. Flows, parsers and transactions come from pools with limits; a
/// flow that finds none is not followed, which is counted.</remarks>
public sealed partial class ApplicationStack : IStreamReader, IDisposable
{
    private readonly EventBus _bus;
    private readonly FlowTable _flows;
    private readonly NativeArray<uint> _places;
    private readonly AppFlow?[] _followed;
    private readonly uint[] _free;
    private readonly ParserPools _parsers;
    private int _freeCount;
    private uint _made;
    private AppFlow? _touched;
    private long _timeNs;

    public ApplicationStack(EventBus bus, FlowTable flows, uint flowMax, ApplicationLimits? limits = null)
    {
        Limits = limits ?? new ApplicationLimits();
        Bytes = new BytePool(Limits.BytesMax, (int)Math.Min(Limits.Stock, flowMax));
        _bus = bus;
        _flows = flows;
        _places = new NativeArray<uint>(flowMax);
        int count = (int)Math.Min(flowMax, Limits.FlowMax);
        _followed = new AppFlow?[count];
        _free = new uint[count];
        _parsers = new ParserPools(this);
        for (_made = 0; _made < Math.Min(count, Limits.Stock); _made++)
        {
            _followed[_made] = new AppFlow(this);
            _free[_freeCount++] = _made + 1;
        }
    }

    public ApplicationLimits Limits { get; }

    /// <summary>Where parsers keep bytes.</summary>
    public BytePool Bytes { get; }

    /// <summary>Flows being followed.</summary>
    public int FollowedCount => (int)_made - _freeCount;

    /// <summary>Flows that can be followed at once.</summary>
    public int FollowedMax => _followed.Length;

    /// <summary>Memory of the flows' places; parsers are objects that are made when first needed.</summary>
    public ulong PlaceBytes => _places.Bytes;

    /// <summary>Flows that found no place.</summary>
    public ulong RefusedCount { get; private set; }

    /// <summary>Flows whose parser was ended because too many transactions were alive.</summary>
    public ulong TransactionOverflowCount { get; internal set; }

    /// <summary>Bodies that took more than their stated length, because it came in one piece with their
    /// end.</summary>
    public ulong OverrunCount { get; internal set; }

    /// <summary>Pools of parsers and transactions.</summary>
    public ParserPools Parsers => _parsers;

    /// <summary>What is known of a flow; null while no parser follows it.</summary>
    public IAppFlow? Find(uint slot) => Followed(slot);

    /// <inheritdoc/>
    public void TakeBytes(
        uint slot, ref readonly FlowEntry flow, Side side, ulong offset, PacketBytes bytes, long timeNs)
    {
        AppFlow? followed = FollowedOrNew(slot, in flow);
        if (followed is null)
        {
            return;
        }
        _timeNs = timeNs;
        ReadOnlySpan<byte> span = bytes.Span;
        ref ulong next = ref followed.NextOffset[(int)side];
        if (offset != next)
        {
            // Bytes seen before come again after a drop; bytes never seen mean a reader that came too late.
            if (offset > next)
            {
                GiveUp(followed);
                return;
            }
            span = span[(int)Math.Min((ulong)span.Length, next - offset)..];
        }
        Advance(followed, side, span);
        Announce(followed, side);
    }

    /// <inheritdoc/>
    public void TakeGap(
        uint slot, ref readonly FlowEntry flow, Side side, ulong offset, ulong count, long timeNs)
    {
        AppFlow? followed = FollowedOrNew(slot, in flow);
        if (followed is null)
        {
            return;
        }
        _timeNs = timeNs;
        followed.NextOffset[(int)side] = Math.Max(followed.NextOffset[(int)side], offset + count);
        if (followed.Parser is null)
        {
            GiveUp(followed);
        }
        else if (!followed.IsStopped[(int)side])
        {
            followed.Parser.Skip(side, count);
        }
        Announce(followed, side);
    }

    /// <inheritdoc/>
    public void TakeEnd(uint slot, ref readonly FlowEntry flow, Side side, long timeNs)
    {
        AppFlow? followed = Followed(slot);
        if (followed is null || followed.IsEnded[(int)side])
        {
            return;
        }
        _timeNs = timeNs;
        EndSide(followed, side);
        Announce(followed, side);
    }

    /// <summary>Takes a UDP packet of a flow that has a link which demands application parsers.</summary>
    public void TakeDatagram(uint slot, ref readonly FlowEntry flow, ref readonly Packet packet)
    {
        AppFlow? followed = packet.PayloadLength == 0 ? null : FollowedOrNew(slot, in flow);
        if (followed is null)
        {
            return;
        }
        _timeNs = packet.TimestampNs;
        followed.IsDatagram = true;
        ReadOnlySpan<byte> bytes = packet.Payload.Span;
        if (followed.Protocol == AppProtocol.Unknown)
        {
            Decide(followed, packet.Sender, DatagramProbe.Recognise(
                bytes, followed.ClientPort, followed.ServerPort));
            followed.SetProtocol(packet.Sender.Other(), followed.Protocol);
        }
        if (followed.Parser is not null && !followed.IsStopped[(int)packet.Sender])
        {
            followed.Parser.Take(packet.Sender, bytes);
        }
        Announce(followed, packet.Sender);
    }

    /// <summary>A flow's links were switched: called between packets, after Depth was set anew.</summary>
    public void SubscriptionsChanged(uint slot, ref readonly FlowEntry flow)
    {
        if (_places[slot] != 0 && !IsWanted(in flow))
        {
            FlowEnded(slot);
        }
    }

    /// <summary>The current packet's events have been delivered: transactions that are complete go.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PacketDelivered()
    {
        if (_touched is not null)
        {
            _touched.Prune();
            _touched = null;
        }
    }

    /// <summary>The flow ends: collects what is left to say of its transactions.</summary>
    public void FlowEnding(uint slot, ref readonly FlowEntry flow, long timeNs)
    {
        AppFlow? followed = Followed(slot);
        if (followed is null)
        {
            return;
        }
        _timeNs = timeNs;
        EndSide(followed, Side.Client);
        EndSide(followed, Side.Server);
        followed.Finish(Side.Client);
        followed.Finish(Side.Server);
        Announce(followed, Side.Client);
    }

    /// <summary>The flow's last event was delivered, or another begins in its place: everything held for it
    /// is given back.</summary>
    public void FlowEnded(uint slot)
    {
        uint place = _places[slot];
        if (place == 0)
        {
            return;
        }
        _places[slot] = 0;
        AppFlow followed = _followed[place - 1]!;
        _touched = _touched == followed ? null : _touched;
        followed.Reset();
        _free[_freeCount++] = place;
    }

    /// <summary>True when a link of the flow demands application parsers.</summary>
    public bool IsWanted(ref readonly FlowEntry flow) =>
        (flow.LinkMask & _bus.PlanOf(flow.Plan).ApplicationMask) != 0;

    public void Dispose() => _places.Dispose();

    internal void Publish<T>(in T body, uint slot, Side sender)
        where T : unmanaged, IEvent
    {
        ref readonly FlowEntry flow = ref _flows[slot];
        ulong wanted = _bus.Wanted<T>(in flow, sender, Side.None);
        if (wanted != 0)
        {
            _bus.CollectWithoutPacket(wanted, in flow, slot, _timeNs, sender, Side.None, in body);
        }
    }

    private AppFlow? Followed(uint slot)
    {
        uint place = _places[slot];
        return place == 0 ? null : _followed[place - 1];
    }

    private AppFlow? FollowedOrNew(uint slot, ref readonly FlowEntry flow)
    {
        AppFlow? followed = Followed(slot);
        if (followed is not null)
        {
            return followed;
        }
        uint place;
        if (_freeCount > 0)
        {
            place = _free[--_freeCount];
        }
        else if (_made < _followed.Length)
        {
            // Beyond the stock: made once, kept for good.
            place = ++_made;
            _followed[place - 1] = new AppFlow(this);
        }
        else
        {
            RefusedCount++;
            return null;
        }
        _places[slot] = place;
        followed = _followed[place - 1]!;
        ref readonly FlowKey key = ref _flows.KeyOf(slot);
        bool clientIsB = (flow.Flags & FlowFlags.ClientIsB) != 0;
        followed.Slot = slot;
        followed.ClientPort = clientIsB ? key.PortB : key.PortA;
        followed.ServerPort = clientIsB ? key.PortA : key.PortB;
        if ((flow.Flags & FlowFlags.Midstream) != 0)
        {
            // Joined in the middle: what begins here is no message.
            GiveUp(followed);
        }
        return followed;
    }

    private static void EndSide(AppFlow flow, Side side)
    {
        if (!flow.IsEnded[(int)side])
        {
            flow.IsEnded[(int)side] = true;
            if (flow.Parser is not null && !flow.IsStopped[(int)side])
            {
                flow.Parser.End(side);
            }
        }
    }

    /// <summary>One APP/PROGRESS for each side that moved.</summary>
    private void Announce(AppFlow flow, Side first)
    {
        _touched = flow;
        AnnounceSide(flow, first);
        AnnounceSide(flow, first.Other());
    }

    private static void AnnounceSide(AppFlow flow, Side side)
    {
        if (!flow.IsMoved[(int)side])
        {
            return;
        }
        flow.IsMoved[(int)side] = false;
        flow.Say(new AppMoved(new AppEvent(flow.FirstMoved, flow.Protocol, side, default)), side);
    }
}
