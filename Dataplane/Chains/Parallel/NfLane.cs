using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Dataplane.Contract.Configuration;
using Dataplane.Events;
using Dataplane.Flows;
using Dataplane.Native.Memory;

namespace Dataplane.Chains.Parallel;

/// <summary>An NF instance on another core than its flows' worker: a ring of events to it and rings of
/// answers back (engine §6).</summary>
/// <remarks>
/// Threads: members under "worker" by the flow's worker alone; <see cref="Step"/> and what it reaches by the
/// lane's thread alone; the rings by both, each at its end. Nothing is allocated unless the NF throws.
/// </remarks>
internal sealed partial class NfLane : ILane, IDisposable
{
    /// <summary>Events on their way to the NF.</summary>
    public const int ItemMax = 1024;

    /// <summary>Packets that an NF which sheds may be behind.</summary>
    public const int ShedVisitMax = 256;

    private const int SaidMax = 1024;

    private LaneAccount _account;
    private readonly Queue<(ushort Held, LaneDuty Duty)> _visits = new(HeldPackets.Max * 2);
    private readonly Queue<LaneAnswer> _answersAside = new();
    private readonly Queue<LaneSaid> _saidAside = new();

    /// <summary>A lane for an NF that has no other thread.</summary>
    /// <param name="owner">The chain it belongs to.</param>
    /// <param name="function">The NF as the document has it.</param>
    /// <param name="nf">The instance.</param>
    /// <param name="handlers">Its handlers by event type.</param>
    /// <param name="delivered">Where deliveries are counted by event type.</param>
    /// <param name="perFlow">State that it keeps of flows.</param>
    /// <param name="flowMax">Flows of the worker.</param>
    /// <param name="state">Whether the instance has run before.</param>
    public NfLane(
        ChainInstance owner, ChainFunction function, INetworkFunction nf, Memory<Link?> handlers,
        Memory<ulong> delivered, IReadOnlyList<PerFlow> perFlow, uint flowMax, LaneState state)
    {
        ArgumentOutOfRangeException.ThrowIfZero(flowMax);
        (Owner, Function, _nf) = (owner, function, nf);
        (_handlers, _delivered, _perFlow) = (handlers, delivered, perFlow);
        _keepsState = state == LaneState.Kept;
        _flows = new NativeArray<LaneFlow>(flowMax);
        _context = new LaneContext(this);
        bool decides = owner.Chain.IsInline && function.Manifest.Access != PacketAccess.Read;
        Duty = decides ? LaneDuty.Gate | LaneDuty.Doubt : LaneDuty.None;
        Sheds = function.OnFull == OnFull.Shed;
    }

    public ChainInstance Owner { get; }

    public ChainFunction Function { get; }

    /// <inheritdoc/>
    public int Core => Function.Placement.Core;

    /// <inheritdoc/>
    public bool HasWork => Items.Count != 0;

    public SpscRing<LaneItem> Items { get; } = new(ItemMax);

    public SpscRing<LaneAnswer> Answers { get; } = new(ItemMax);

    public SpscRing<LaneSaid> Said { get; } = new(SaidMax);

    /// <summary>Worker: what always waits for its answers.</summary>
    public LaneDuty Duty { get; }

    public bool Sheds { get; }

    /// <summary>Worker: packets that it has not answered about.</summary>
    public int VisitCount => _visits.Count;

    /// <summary>Worker: its own account of the lane.</summary>
    public ref LaneAccount Account => ref _account;

    /// <summary>Worker: the NF hangs; nothing comes from it any more.</summary>
    public bool IsDetached => _account.IsDetached;

    /// <summary>Set when the worker takes the lane into use.</summary>
    public HeldPackets Held { get; private set; } = null!;

    public IRecordSink Records { get; private set; } = null!;

    /// <summary>Worker: what is counted of the NF, wherever it runs.</summary>
    public ref NfCounts Counts => ref Owner.Counts[Function.Index];

    /// <summary>Worker: whether all events of a packet would find room.</summary>
    public bool HasRoom => _account.ItemCount <= ItemMax - EventBus.CapacityMax;

    /// <summary>Number of its record sink among the worker's lanes.</summary>
    public int Number { get; private set; } = -1;

    /// <summary>True once a worker uses it.</summary>
    public bool IsAttached => Number >= 0;

    /// <summary>Worker: takes it into use, before a thread knows of it. State that the NF keeps of the flows
    /// there are stays.</summary>
    public void Attach(int number, HeldPackets held, IRecordSink records, FlowTable flows)
    {
        (Number, Held, Records) = (number, held, records);
        if (_keepsState)
        {
            for (uint slot = 0; slot < flows.FlowMax; slot++)
            {
                _flows[slot].Generation = flows[slot].InUse ? flows[slot].Generation : 0;
            }
        }
    }

    /// <summary>Worker, when no thread runs it any more: the NF may go on elsewhere. Flows that it has not
    /// heard of begin there with nothing kept.</summary>
    public void Settle(FlowTable flows)
    {
        for (uint slot = 0; slot < flows.FlowMax; slot++)
        {
            if (flows[slot].InUse && _flows[slot].Generation != flows[slot].Generation)
            {
                Clear(slot);
            }
        }
    }

    /// <summary>Worker: places that are free in the ring now. What has not been answered is at hand; how far
    /// the NF is must be asked on its core.</summary>
    public int SpaceFor(int count) => ItemMax - _account.ItemCount >= count
        ? count
        : ItemMax - Items.Count;

    /// <summary>Worker: true while the NF's answer about the flow's last packet may change what the next one
    /// raises: it may switch something on, or off and on again.</summary>
    public bool IsInDoubt(ulong mask)
    {
        ulong may = Function.SwitchesOn;
        return may != 0 && (Function.Manifest.Profile.ComesBack || (may & ~mask) != 0);
    }

    /// <summary>Worker: the next answer.</summary>
    public bool TryTakeAnswer(out LaneAnswer answer) =>
        _answersAside.TryDequeue(out answer) || Answers.TryDequeue(out answer);

    /// <summary>Worker: the next thing said, in the order of answers.</summary>
    public bool TryTakeSaid(out LaneSaid said) =>
        _saidAside.TryDequeue(out said) || Said.TryDequeue(out said);

    /// <summary>Worker: empties the rings from the NF, so that it can go on, without doing anything about
    /// what was in them yet.</summary>
    public void PutAside()
    {
        // What was said was put in before its answer was, so it is taken out behind it.
        while (Answers.TryDequeue(out LaneAnswer answer))
        {
            _answersAside.Enqueue(answer);
        }

        while (Said.TryDequeue(out LaneSaid said))
        {
            _saidAside.Enqueue(said);
        }
    }

    /// <summary>Worker: hands the events of one packet over; there is room.</summary>
    public void Send(ReadOnlySpan<LaneItem> items, LaneDuty duty)
    {
        _visits.Enqueue((items[0].Held, duty));
        _account.ItemCount += items.Length;
        ref NfCounts counts = ref Counts;
        counts.QueueHighWater = Math.Max(counts.QueueHighWater, _account.ItemCount);
        Items.Enqueue(items);
    }

    /// <summary>Worker: the packet that the next answer is about.</summary>
    public (ushort Held, LaneDuty Duty) NextVisit() => _visits.Dequeue();

    /// <summary>True when an event of the type has a handler.</summary>
    public bool Handles(ushort type) => _handlers.Span[type] is not null;

    [SuppressMessage("Reliability", "CA2000", Justification = "The rings are disposed here.")]
    public void Dispose()
    {
        Items.Dispose();
        Answers.Dispose();
        Said.Dispose();
        _flows.Dispose();
    }
}

/// <summary>What the worker keeps of a lane, on lines of its own: the NF's thread reads what lies
/// around.</summary>
[StructLayout(LayoutKind.Explicit, Size = 384)]
internal struct LaneAccount
{
    /// <summary>Items on their way.</summary>
    [FieldOffset(128)]
    public int ItemCount;

    /// <summary>Switches of the NF that were carried out.</summary>
    [FieldOffset(132)]
    public uint SwitchCount;

    /// <summary>Events that it missed because its ring was full; announced so far.</summary>
    [FieldOffset(136)]
    public ulong ShedCount;

    [FieldOffset(144)]
    public ulong ShedAnnounced;

    /// <summary>Times that the worker had to wait for room.</summary>
    [FieldOffset(152)]
    public ulong BlockedCount;

    /// <summary>What the watch saw last, and when.</summary>
    [FieldOffset(160)]
    public ulong SeenProgress;

    [FieldOffset(168)]
    public long SeenAt;

    /// <summary>The NF hangs; nothing comes from it any more.</summary>
    [FieldOffset(176)]
    public bool IsDetached;

    /// <summary>The packets that wait for room were announced.</summary>
    [FieldOffset(177)]
    public bool IsFull;
}

/// <summary>Whether an NF's state of flows was begun elsewhere.</summary>
internal enum LaneState : byte
{
    Fresh,
    Kept,
}
