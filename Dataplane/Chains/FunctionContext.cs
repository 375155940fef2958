using Dataplane.Events;
using Dataplane.Events.Applications;
using Dataplane.Flows;
using Dataplane.Native.Memory;
using Dataplane.Packets;

namespace Dataplane.Chains;

/// <summary>The context of one NF instance: what its runner is busy with, seen from that NF.</summary>
internal sealed class FunctionContext(ChainFunction function) : NfContext
{
    private const int KnownMax = 16;

    private readonly (string Name, ulong Links)[] _known = new (string, ulong)[KnownMax];
    private int _knownCount;
    private ChainRunner _runner = null!;

    /// <summary>The NF as the document has it.</summary>
    public ChainFunction Function => function;

    public override bool HasPacket => _runner.HasPacket;

    public override ref Packet Packet => ref _runner.CurrentPacket;

    public override ref readonly FlowEntry Flow => ref _runner.CurrentFlow;

    public override ref readonly FlowKey Key => ref _runner.CurrentKey;

    public override FlowId FlowId => _runner.CurrentEvent.Flow;

    public override long TimeNs => _runner.CurrentEvent.TimeNs;

    public override bool CanDrop => _runner.CurrentChain.IsInline;

    public override ReadOnlySpan<byte> SideBlock => _runner.CurrentSideBlock;

    public override IAppFlow? Application => _runner.CurrentApplication;

    public void Attach(ChainRunner runner) => _runner = runner;

    public override PacketBytes Bytes(in Event<DataReady> data) => _runner.CurrentBytes;

    public override TcpSnapshot Snapshot(Side half) => _runner.SnapshotOf(half);

    public override int CopyKept(Side side, ulong from, ulong to, Span<byte> target) =>
        _runner.CopyKept(side, from, to, target);

    public override StreamView Streams => _runner.CurrentStreams;

    public override uint FlowCount => _runner.FlowCount;

    public override bool SetTimer(TimeSpan delay, uint id) => _runner.SetTimer(function, delay, id);

    public override bool Inject(Side to, ReadOnlySpan<byte> frame) =>
        _runner.Inject(function, to, frame);

    public override ulong StopMonitoring(Side side)
    {
        function.CheckStopsSides();
        LinkTable links = _runner.CurrentChain.Links;
        return _runner.SwitchOff(links.LinksOf(function.Index) & links.OfSender(side));
    }

    public override void Publish<T>(in T body) => _runner.Publish(function, in body, default);

    public override void Publish<T>(in T body, ReadOnlySpan<byte> sideBlock) =>
        _runner.Publish(function, in body, sideBlock);

    public override void PublishUnnoticed<T>(in T body, ReadOnlySpan<byte> sideBlock) =>
        _runner.Publish(function, in body, sideBlock, isUnnoticed: true);

    public override ulong Subscribe(string subscription) => _runner.SwitchOn(LinksOf(subscription));

    public override ulong Unsubscribe(string subscription) => _runner.SwitchOff(LinksOf(subscription));

    public override ulong UnsubscribeAll() =>
        _runner.SwitchOff(_runner.CurrentChain.Links.LinksOf(function.Index));

    public override bool IsSubscribed(string subscription) =>
        (_runner.CurrentFlow.LinkMask & LinksOf(subscription)) != 0;

    public override bool Write<T>(in T record) => _runner.Write(function, in record, default);

    public override bool Write<T>(in T record, ReadOnlySpan<byte> tail) =>
        _runner.Write(function, in record, tail);

    /// <summary>By the name's place in memory first: NFs name their subscriptions by constants, and do so for
    /// each flow.</summary>
    private ulong LinksOf(string subscription)
    {
        for (int i = 0; i < _knownCount; i++)
        {
            if (ReferenceEquals(_known[i].Name, subscription))
            {
                return _known[i].Links;
            }
        }

        ulong links = function.LinksByName.GetValueOrDefault(subscription);
        if (_knownCount < _known.Length)
        {
            _known[_knownCount++] = (subscription, links);
        }

        return links;
    }
}
