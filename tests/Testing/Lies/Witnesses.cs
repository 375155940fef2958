using Dataplane.Chains;
using Dataplane.Events;
using Dataplane.Packets;

namespace Testing.Lies;

/// <summary>Stands before the NF that is examined.</summary>
[NetworkFunction("witness-before", PacketAccess.Modify)]
[Profile(Writes = PacketFields.All)]
[Subscribes(
    "all", typeof(PacketEvent), typeof(DataReady), typeof(TcpEvent), typeof(FlowEvent), Half = "both")]
public sealed class WitnessBefore : INetworkFunction, IHandle<AnyEvent>
{
    public PoisonDesk Desk { get; set; } = new();

    public Verdict Handle(in Event<AnyEvent> e, NfContext context)
    {
        if (context.HasPacket)
        {
            Desk.Open(ref context.Packet);
        }

        return Verdict.Pass;
    }
}

/// <summary>Stands behind it, and hears what it says.</summary>
[NetworkFunction("witness-behind", PacketAccess.Modify)]
[Profile(Writes = PacketFields.All)]
[Subscribes("all", typeof(AnyEvent), Half = "both")]
public sealed class WitnessBehind : INetworkFunction, IHandle<AnyEvent>
{
    private readonly List<string> _said = [];

    public PoisonDesk Desk { get; set; } = new();

    /// <summary>What the NF said, in order.</summary>
    public IReadOnlyList<string> Said => _said;

    public Verdict Handle(in Event<AnyEvent> e, NfContext context)
    {
        if (context.HasPacket)
        {
            Desk.Close(ref context.Packet);
        }

        if (e.Record.Publisher != EventRecord.StackPublisher)
        {
            EventRecord record = e.Record;
            _said.Add($"{EventTree.Types[record.TypeId].Path} {record.Flow.Value} {record.TimeNs} "
                + Convert.ToHexString(Dataplane.Native.Memory.Reinterpret.BytesOf(in record.Body))
                + Convert.ToHexString(context.SideBlock));
        }

        return Verdict.Pass;
    }
}
