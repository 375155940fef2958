using Dataplane.Events;
using Dataplane.Events.Applications;
using Dataplane.Flows;
using Dataplane.Native.Memory;
using Dataplane.Packets;

namespace Dataplane.Chains.Parallel;

/// <summary>The context of an NF on another core: everything as it was when the event was raised.</summary>
internal sealed class LaneContext(NfLane lane) : NfContext
{
    public override bool HasPacket => lane.Packet.HasPacket;

    public override ref Packet Packet => ref lane.Packet.Packet;

    public override ref readonly FlowEntry Flow => ref lane.Packet.Flow;

    public override ref readonly FlowKey Key => ref lane.Packet.Key;

    public override FlowId FlowId => lane.Item.Record.Flow;

    public override long TimeNs => lane.Item.Record.TimeNs;

    public override bool CanDrop => lane.Owner.Chain.IsInline;

    public override ReadOnlySpan<byte> SideBlock => lane.Item.SideBlock.Span;

    public override PacketBytes Bytes(in Event<DataReady> data) => lane.Item.Bytes;

    /// <summary>Parsers' objects belong to the flow's worker; NFs that hear EVENT/APP run there.</summary>
    public override IAppFlow? Application => null;

    public override TcpSnapshot Snapshot(Side half) =>
        !lane.Packet.HasSnapshots
            ? throw new InvalidOperationException(
                $"{lane.Function.Manifest.Kind} asks for a snapshot; its profile must say so "
                + "(ReadsSnapshots).")
        : half == Side.Client ? lane.Packet.Client
        : half == Side.Server ? lane.Packet.Server
        : new TcpSnapshot { Half = Side.None };

    public override int CopyKept(Side side, ulong from, ulong to, Span<byte> target) =>
        throw new InvalidOperationException(
            $"{lane.Function.Manifest.Kind} copies kept bytes; its profile must say so (ReadsKept).");

    /// <summary>As many as there were when the packet was handled.</summary>
    public override uint FlowCount => lane.Packet.FlowCount;

    /// <summary>NFs that hear timers run on the flow's worker, so nobody would hear this one.</summary>
    public override bool SetTimer(TimeSpan delay, uint id) => throw new InvalidOperationException(
        "An NF on another core cannot set timers; subscribe it to EVENT/SYS/TIMER, and it runs inline.");

    /// <summary>NFs that send frames run on the flow's worker, where they say that they do.</summary>
    public override bool Inject(Side to, ReadOnlySpan<byte> frame)
    {
        lane.Function.CheckMayInject();
        return false;
    }

    public override ulong StopMonitoring(Side side)
    {
        lane.Function.CheckStopsSides();
        return lane.SwitchOff(lane.Owner.Chain.Links.LinksOf(lane.Function.Index)
            & lane.Owner.Chain.Links.OfSender(side));
    }

    public override void Publish<T>(in T body) => lane.Publish(in body, default);

    public override void Publish<T>(in T body, ReadOnlySpan<byte> sideBlock) =>
        lane.Publish(in body, sideBlock);

    public override void PublishUnnoticed<T>(in T body, ReadOnlySpan<byte> sideBlock) =>
        lane.Publish(in body, sideBlock, EventFlags.Unnoticed);

    public override ulong Subscribe(string subscription) => lane.SwitchOn(LinksOf(subscription));

    public override ulong Unsubscribe(string subscription) => lane.SwitchOff(LinksOf(subscription));

    public override ulong UnsubscribeAll() =>
        lane.SwitchOff(lane.Owner.Chain.Links.LinksOf(lane.Function.Index));

    public override bool IsSubscribed(string subscription) => lane.IsOn(LinksOf(subscription));

    public override bool Write<T>(in T record) => lane.Write(in record, default);

    public override bool Write<T>(in T record, ReadOnlySpan<byte> tail) => lane.Write(in record, tail);

    private ulong LinksOf(string subscription) =>
        lane.Function.LinksByName.TryGetValue(subscription, out ulong links) ? links : 0;
}
