using Dataplane.Counters;
using Dataplane.Packets;
using Dataplane.Stacks.Layer23;

namespace Dataplane.Engine;

/// <content>Packets of flows that another worker owns: handed over, given back, left by their own
/// port.</content>
public sealed partial class Worker
{
    private readonly Handover[] _incoming = new Handover[PacketBurst.CapacityMax];

    /// <summary>True while packets that this worker received are with its peers.</summary>
    public bool IsWaiting => _peers is { UnderWay: > 0 };

    /// <summary>True once no further packet is received; those under way are still finished.</summary>
    public bool IsClosing { get; set; }

    private int ServePeers()
    {
        int handled = 0;
        for (int peer = 0; peer < _peers!.Mesh.Count; peer++)
        {
            if (peer != _peers.Number)
            {
                handled += TakeBack(peer) + TakeOver(peer);
            }
        }

        if (handled != 0)
        {
            _peers.Flush();
            foreach (PortPair pair in _ports)
            {
                pair.Ingress.Flush();
                pair.Egress?.Flush();
            }
        }

        return handled;
    }

    /// <summary>Who looks into a fragment or a possible tunnel; us for everything else.</summary>
    private byte FirstOwner(ref Packet packet, int index)
    {
        if ((packet.Flags & PacketFlags.Fragment) != 0)
        {
            return _peers!.Mesh.Owner.OfFragment(in packet);
        }

        if (!TunnelDecoder.MayHold(in packet))
        {
            return _peers!.Number;
        }

        _hash.Fill(ref packet, ref _keys[index]);
        return _peers!.Mesh.Owner.Of(packet.FlowHash);
    }

    /// <summary>A packet received here goes to the owner of its flow; what carries it is a flow of
    /// ours.</summary>
    /// <returns>None when it is under way, else why it is not.</returns>
    private DropReason PassOn(int index)
    {
        if (_asides[index] != PacketAside.None)
        {
            _path.Reach(_burst[index].TimestampNs);
            DropReason reason = HandleOthers(index);
            if (reason != DropReason.None)
            {
                return reason;
            }
        }

        Handover handover = default;
        handover.Origin = _peers!.Number;
        handover.Via = Handover.Nobody;
        PassOn(index, ref handover);
        return DropReason.None;
    }

    private void PassOn(int index, ref Handover handover)
    {
        ref Packet packet = ref _burst[index];
        handover.Packet = packet;
        handover.Frame = _frames[index];
        handover.Reason = DropReason.None;
        handover.IsRaw = _isRaw[index];
        if ((packet.Flags & PacketFlags.Reassembled) != 0)
        {
            _layer23.Lend();
        }

        _peers!.HandOver(_owners[index], in handover);
    }

    private int TakeOver(int peer)
    {
        int count = _peers!.TakeOver(peer, _incoming);
        if (count == 0)
        {
            return 0;
        }

        _layer23.BeginBurst();
        for (int i = 0; i < count; i++)
        {
            _burst[i] = _incoming[i].Packet;
            _frames[i] = _incoming[i].Frame;
            if (_incoming[i].IsRaw)
            {
                ParseOne(i, isPassedOn: true);
                continue;
            }

            (_asides[i], _reasons[i], _owners[i], _isRaw[i]) =
                (PacketAside.None, DropReason.None, _peers.Number, false);
            _hash.Fill(ref _burst[i], ref _keys[i]);
            _flows.PrefetchBucket(_burst[i].FlowHash);
        }

        PrefetchFlows(count);
        for (int i = 0; i < count; i++)
        {
            FinishForPeer(i);
        }

        _counters.Bursts++;
        return count;
    }

    private void FinishForPeer(int index)
    {
        ref Handover handover = ref _incoming[index];
        if (_owners[index] != _peers!.Number && _reasons[index] == DropReason.None)
        {
            // Looked into here, owned by a third: its tunnel's own flow is ours.
            _path.Reach(_burst[index].TimestampNs);
            DropReason outer = HandleOthers(index);
            if (outer == DropReason.None && _peers.HasRoomTo(_owners[index]))
            {
                handover.Via = _peers.Number;
                PassOn(index, ref handover);
                return;
            }

            handover.Reason = outer == DropReason.None ? DropReason.HandoverFull : outer;
        }
        else
        {
            handover.Reason = _runner.Settle(HandleOne(index)); // the buffer goes back at once
        }

        handover.Packet = _burst[index];
        byte back = handover.Via == Handover.Nobody ? handover.Origin : handover.Via;
        _peers.GiveBack(back, in handover);
    }

    private int TakeBack(int peer)
    {
        int count = _peers!.TakeBack(peer, _incoming);
        for (int i = 0; i < count; i++)
        {
            ref Handover handover = ref _incoming[i];
            ref Packet packet = ref handover.Packet;
            if ((packet.Flags & PacketFlags.Reassembled) != 0
                && (handover.Via == _peers.Number || handover.Via == Handover.Nobody))
            {
                _layer23.TakeBack();
            }

            if (handover.Origin != _peers.Number)
            {
                handover.Via = Handover.Nobody;
                Restore(ref packet, handover.Frame);
                _peers.GiveBack(handover.Origin, in handover);
                continue;
            }

            Restore(ref packet, handover.Frame);
            Leave(ref packet, handover.Reason, in PairOf(packet.PortIndex));
        }

        return count;
    }

    private ref readonly PortPair PairOf(byte port)
    {
        int at = 0;
        while (_ports[at].Ingress.Index != port)
        {
            at++;
        }

        return ref _ports[at];
    }
}
