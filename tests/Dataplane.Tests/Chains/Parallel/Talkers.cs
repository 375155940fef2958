using Dataplane.Chains;
using Dataplane.Events;
using Dataplane.Flows;
using Dataplane.Packets;
using Testing;

namespace Dataplane.Tests.Chains.Parallel;

/// <summary>An NF whose behaviour depends on everything it hears.</summary>
internal interface ITalker : INetworkFunction
{
    Voice Voice { get; }
}

/// <summary>Listens, speaks and switches.</summary>
[NetworkFunction("talker", PacketAccess.Read)]
[Subscribes(Voice.Packets, typeof(TcpPacket))]
[Subscribes(Voice.Probes, typeof(Probe))]
[Subscribes(Voice.Data, typeof(DataReady), InitiallyOff = true, Start = "offset:0")]
[Subscribes(Voice.States, typeof(TcpEvent))]
[Subscribes(Voice.Flows, typeof(FlowStart), typeof(FlowEnd))]
[Profile(Effects = SideEffects.Records, ReadsSnapshots = true,
    SwitchesOn = [Voice.Packets, Voice.Probes, Voice.Data, Voice.States, Voice.Flows])]
internal sealed class Talker(Talker.Options options, PerFlow<Voice.Memory> memories)
    : ITalker, IHandle<AnyEvent>, IPublish<Probe>, IPublish<LongFlow>
{
    public sealed record Options
    {
        public int Seed { get; init; }

        public int Jitter { get; init; }
    }

    public Voice Voice { get; } = new("talker", options.Seed, options.Jitter, memories);

    public Verdict Handle(in Event<AnyEvent> e, NfContext context) =>
        Voice.Take(in e, context, (_, _) => Verdict.Pass);
}

/// <summary>As the talker, and ends flows.</summary>
[NetworkFunction("talking-gate", PacketAccess.Gate)]
[Subscribes(Voice.Packets, typeof(TcpPacket))]
[Subscribes(Voice.Probes, typeof(Probe))]
[Subscribes(Voice.Data, typeof(DataReady), InitiallyOff = true)]
[Subscribes(Voice.States, typeof(TcpEvent))]
[Subscribes(Voice.Flows, typeof(FlowStart), typeof(FlowEnd), typeof(PacketDrop))]
[Profile(Effects = SideEffects.Records, Drops = DropForm.Flow, ReadsSnapshots = true,
    SwitchesOn = [Voice.Packets, Voice.Probes, Voice.Data, Voice.States, Voice.Flows])]
internal sealed class TalkingGate(TalkingGate.Options options, PerFlow<Voice.Memory> memories)
    : ITalker, IHandle<AnyEvent>, IPublish<Probe>, IPublish<LongFlow>
{
    public sealed record Options
    {
        public int Seed { get; init; }

        public int Jitter { get; init; }
    }

    public Voice Voice { get; } = new("gate", options.Seed, options.Jitter, memories);

    public Verdict Handle(in Event<AnyEvent> e, NfContext context) =>
        Voice.Take(in e, context, (choice, _) => (choice & 63) == 0 ? Verdict.DropFlow : Verdict.Pass);
}

/// <summary>As the gate, and drops single packets.</summary>
[NetworkFunction("talking-dropper", PacketAccess.Gate)]
[Subscribes(Voice.Packets, typeof(TcpPacket))]
[Subscribes(Voice.Probes, typeof(Probe))]
[Subscribes(Voice.Data, typeof(DataReady), InitiallyOff = true, Start = "retained")]
[Subscribes(Voice.States, typeof(TcpEvent))]
[Subscribes(Voice.Flows, typeof(FlowStart), typeof(FlowEnd))]
[Profile(Effects = SideEffects.Records, Drops = DropForm.Packet, ReadsSnapshots = true,
    SwitchesOn = [Voice.Packets, Voice.Probes, Voice.Data, Voice.States, Voice.Flows])]
internal sealed class TalkingDropper(TalkingDropper.Options options, PerFlow<Voice.Memory> memories)
    : ITalker, IHandle<AnyEvent>, IPublish<Probe>, IPublish<LongFlow>
{
    public sealed record Options
    {
        public int Seed { get; init; }

        public int Jitter { get; init; }
    }

    public Voice Voice { get; } = new("dropper", options.Seed, options.Jitter, memories);

    public Verdict Handle(in Event<AnyEvent> e, NfContext context) => Voice.Take(in e, context,
        (choice, _) => (choice & 15) == 0 ? Verdict.DropPacket
            : (choice & 127) == 1 ? Verdict.RejectFlow : Verdict.Pass);
}

/// <summary>As the talker, and writes link layer addresses.</summary>
[NetworkFunction("talking-writer", PacketAccess.Modify)]
[Subscribes(Voice.Packets, typeof(TcpPacket))]
[Subscribes(Voice.Probes, typeof(Probe))]
[Subscribes(Voice.Data, typeof(DataReady), InitiallyOff = true)]
[Subscribes(Voice.States, typeof(TcpEvent))]
[Subscribes(Voice.Flows, typeof(FlowStart), typeof(FlowEnd))]
[Profile(Effects = SideEffects.Records, Writes = PacketFields.Mac, ReadsSnapshots = true,
    SwitchesOn = [Voice.Packets, Voice.Probes, Voice.Data, Voice.States, Voice.Flows])]
internal sealed class TalkingWriter(TalkingWriter.Options options, PerFlow<Voice.Memory> memories)
    : ITalker, IHandle<AnyEvent>, IPublish<Probe>, IPublish<LongFlow>
{
    public sealed record Options
    {
        public int Seed { get; init; }

        public int Jitter { get; init; }
    }

    public Voice Voice { get; } = new("writer", options.Seed, options.Jitter, memories);

    public Verdict Handle(in Event<AnyEvent> e, NfContext context) => Voice.Take(in e, context, Write);

    private static Verdict Write(ulong choice, NfContext context)
    {
        if ((choice & 7) != 0 || !context.HasPacket)
        {
            return Verdict.Pass;
        }

        context.Packet.Frame.Span[5] ^= (byte)(choice >> 3);
        return Verdict.Modified;
    }
}

/// <summary>Listens and switches, and says nothing: others need not wait for it.</summary>
[NetworkFunction("listener", PacketAccess.Read)]
[Subscribes(Voice.Packets, typeof(TcpPacket))]
[Subscribes(Voice.Probes, typeof(Probe))]
[Subscribes(Voice.Data, typeof(DataReady), InitiallyOff = true, Start = "offset:0")]
[Subscribes(Voice.States, typeof(TcpEvent))]
[Subscribes(Voice.Flows, typeof(FlowStart), typeof(FlowEnd))]
[Profile(Effects = SideEffects.Records, ReadsSnapshots = true,
    SwitchesOn = [Voice.Packets, Voice.Probes, Voice.Data, Voice.States, Voice.Flows])]
internal sealed class Listener(Listener.Options options, PerFlow<Voice.Memory> memories)
    : ITalker, IHandle<AnyEvent>
{
    public sealed record Options
    {
        public int Seed { get; init; }

        public int Jitter { get; init; }
    }

    public Voice Voice { get; } = new("listener", options.Seed, options.Jitter, memories, speaks: false);

    public Verdict Handle(in Event<AnyEvent> e, NfContext context) =>
        Voice.Take(in e, context, (_, _) => Verdict.Pass);
}

/// <summary>Ends flows and says nothing.</summary>
[NetworkFunction("silent-gate", PacketAccess.Gate)]
[Subscribes(Voice.Packets, typeof(TcpPacket))]
[Subscribes(Voice.Probes, typeof(Probe))]
[Subscribes(Voice.Data, typeof(DataReady), InitiallyOff = true)]
[Subscribes(Voice.States, typeof(TcpEvent))]
[Subscribes(Voice.Flows, typeof(FlowStart), typeof(FlowEnd))]
[Profile(Drops = DropForm.Flow, ReadsSnapshots = true,
    SwitchesOn = [Voice.Packets, Voice.Probes, Voice.Data, Voice.States, Voice.Flows])]
internal sealed class SilentGate(SilentGate.Options options, PerFlow<Voice.Memory> memories)
    : ITalker, IHandle<AnyEvent>
{
    public sealed record Options
    {
        public int Seed { get; init; }

        public int Jitter { get; init; }
    }

    public Voice Voice { get; } = new("silent", options.Seed, options.Jitter, memories, speaks: false);

    public Verdict Handle(in Event<AnyEvent> e, NfContext context) =>
        Voice.Take(in e, context, (choice, _) => (choice & 31) == 0 ? Verdict.DropFlow : Verdict.Pass);
}
