using System.Text;
using Dataplane.Counters;
using Dataplane.Events;
using Dataplane.Flows;
using Dataplane.Packets;
using Dataplane.Stacks;

namespace Dataplane.Chains;

/// <content>What NFs may do while they handle an event, and what happens when they throw.</content>
public sealed partial class ChainRunner
{
    private static readonly bool[] IsNoticeType =
        [.. EventTree.Types.Select(type => type.Notice is not null)];

    internal int CopyKept(Side side, ulong from, ulong to, Span<byte> target) =>
        _streams.CopyKept(_slot, side, from, to, target);

    internal TcpSnapshot SnapshotOf(Side half) => _streams.Snapshot(_slot, half, in _flows[_slot]);

    internal bool Write<T>(ChainFunction function, in T record, ReadOnlySpan<byte> tail)
        where T : unmanaged, IRecord
    {
        bool isWritten = _records.Write(function, in record, tail);
        RecordLostCount += isWritten ? 0UL : 1;
        return isWritten;
    }

    internal void Publish<T>(
        ChainFunction function, in T body, ReadOnlySpan<byte> sideBlock, bool isUnnoticed = false)
        where T : unmanaged, IEvent
    {
        if (!function.Manifest.MayPublish(EventType<T>.Id))
        {
            throw new InvalidOperationException(
                $"{function.Manifest.Kind} publishes {typeof(T).Name} but does not declare "
                + $"IPublish<{typeof(T).Name}>.");
        }

        ref readonly EventRecord handled = ref _bus[_event];
        if (handled.Hops >= EventRecord.HopsMax)
        {
            LoopCutCount++;
            return;
        }

        ulong wanted = _bus.Wanted<T>(in _flows[_slot], handled.Sender, Side.None);
        bool isNotice = EventType<T>.IsNotice && !isUnnoticed;
        if (wanted == 0 && !isNotice)
        {
            return;
        }

        int first = _bus.Count;
        _bus.CollectFrom(function.Index, _event, wanted, _flows[_slot].Plan, in body, sideBlock);
        for (int i = first; isUnnoticed && i < _bus.Count; i++)
        {
            _bus[i].Flags |= EventFlags.Unnoticed;
        }
    }

    /// <summary>Events of notice types go to people, each once, whoever subscribes.</summary>
    private void PassNoticesOn()
    {
        while (_noticedCount < _bus.Count)
        {
            int index = _noticedCount++;
            ref readonly EventRecord record = ref _bus[index];
            // People heard of the event itself; an event of the document raised by it is no other one.
            if (!IsNoticeType[record.TypeId] || record.Defined != 0
                || (record.Flags & EventFlags.Unnoticed) != 0)
            {
                continue;
            }

            ChainFunction? function = record.Publisher == EventRecord.StackPublisher
                ? null
                : _chain.Chain.Functions[record.Publisher];
            if (function is not null)
            {
                _chain.Counts[record.Publisher].Notices++;
            }

            ReadOnlySpan<byte> sideBlock = _bus.SideBlockOf(index);
            var notice = HasPacket
                ? new Notice(
                    in record, sideBlock, function, _chain.Chain, in _flows[_slot], in _flows.KeyOf(_slot),
                    in CurrentPacket, PacketPresence.Present)
                : new Notice(
                    in record, sideBlock, function, _chain.Chain, in _flows[_slot], in _flows.KeyOf(_slot),
                    in CurrentPacket, PacketPresence.Absent);
            _notices.Accept(in notice);
        }
    }

    private void AnnounceDrop(Verdict verdict)
    {
        ref Packet packet = ref CurrentPacket;
        ulong wanted = _bus.Wanted<PacketDrop>(in _flows[_slot], packet.Sender, Side.None);
        wanted &= ~_chain.Chain.Links.LinksOf(_nf);
        if (wanted == 0)
        {
            return;
        }

        DropReason reason = verdict switch
        {
            Verdict.DropPacket => DropReason.NfDropPacket,
            Verdict.DropFlow => DropReason.NfDropFlow,
            _ => DropReason.NfRejectFlow,
        };
        var about = new PacketEvent(
            (ushort)packet.Frame.Length, packet.PortIndex, 0, (byte)packet.L3Offset, (byte)packet.L4Offset, 0,
            0);
        _bus.Collect(
            wanted, in _flows[_slot], _slot, in packet, Side.None,
            new PacketDrop(about, (byte)reason, (ushort)_nf));
    }

    private void TickOne(ITick nf, long timeNs)
    {
        if (_chain.Lanes[_nf] is { } lane)
        {
            SendTick(lane, timeNs);
            return;
        }

        try
        {
            nf.Tick(timeNs);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            _timeNs = timeNs;
            Contain(error);
        }
    }

    /// <summary>Counts a throw; the sixteenth in a second takes the NF out by its policy.</summary>
    private void Contain(Exception error)
    {
        FaultCount++;
        if (_chain.Faults[_nf].Note(error, _timeNs))
        {
            TakeOut(_chain, _nf, _chain.Faults[_nf].Last, (uint)error.HResult);
        }
    }

    private void TakeOut(ChainInstance chain, int nf, string error, uint code)
    {
        ChainFunction function = chain.Chain.Functions[nf];
        LinkTable links = chain.Links.Without(nf);
        chain.Links = links;
        chain.DownUnsaid |= 1UL << nf;
        _bus.Replace(chain.Chain.Number, links);
        for (int i = 0; i < _bus.Count; i++)
        {
            _bus.WantedBy(i) &= links.AliveMask;
        }

        if (function.OnFault == Contract.Configuration.OnFault.Closed)
        {
            chain.IsClosed = true;
            HasClosedChain = true;
        }

        byte[] sideBlock = SideBlock.Of(function.Name, error);
        var fault = new NfFault(new ChainEvent((ushort)nf), code);
        if (_bus.Count > 0)
        {
            ulong wanted = _bus.Wanted<NfFault>(in _flows[_slot], Side.None, Side.None);
            _bus.CollectFrom(function.Index, _event, wanted, chain.Chain.Number, in fault, sideBlock);
            return;
        }

        // It threw in a tick: no flow is at hand, so only people hear of it.
        HasPacket = false;
        _bus.CollectWithoutPacket(0, in _flows[_slot], _slot, _timeNs, Side.None, Side.None, in fault);
        _bus[0].Flow = FlowId.None;
        _bus.AttachSideBlock(0, function.Index, sideBlock);
        DeliverPending();
    }
}
