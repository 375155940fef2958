using Dataplane.Chains;
using Dataplane.Events;
using Dataplane.Events.Applications;
using Dataplane.Flows;
using Dataplane.Packets;

namespace Dataplane.NetworkFunctions;

/// <content>Alerts with their transaction and packet, and flows at their end.</content>
public sealed partial class Logger
{
    private const byte Ethernet = 1;
    private const byte RawIp = 12;

    public Verdict Handle(in Event<FlowStart> e, NfContext context)
    {
        states[e.FlowId] = new State { StartNs = e.TimeNs };
        return Verdict.Pass;
    }

    public Verdict Handle(in Event<FlowEnd> e, NfContext context)
    {
        ref readonly FlowEntry flow = ref context.Flow;
        ref State state = ref states[e.FlowId];
        uint idleMs = (uint)(e.TimeNs / NanosecondsPerMillisecond) - flow.LastSeenMs;
        var record = new EveFlowRecord
        {
            Key = context.Key,
            TimeNs = e.TimeNs,
            StartNs = state.StartNs,
            EndNs = Math.Max(state.StartNs, e.TimeNs - (idleMs * NanosecondsPerMillisecond)),
            ClientPackets = flow.ClientPackets,
            ServerPackets = flow.ServerPackets,
            ClientBytes = flow.ClientBytes,
            ServerBytes = flow.ServerBytes,
            Flow = e.FlowId,
            Generation = flow.Generation,
            Flags = flow.Flags,
            Reason = e.Body.Reason,
            ClientIsB = (byte)(context.ClientIsB ? 1 : 0),
            HasAlerted = state.HasAlerted,
            Protocol = ProtocolOf(e.FlowId, AppProtocol.Unknown, context),
        };
        context.Write(in record);
        state = default;
        return Verdict.Pass;
    }

    private void WriteAlert(in Event<IdsAlert> e, NfContext context)
    {
        ref State state = ref states[e.FlowId];
        state.HasAlerted = 1;
        ref readonly FlowEntry flow = ref context.Flow;
        var record = new EveAlertRecord
        {
            Key = context.Key,
            TimeNs = e.TimeNs,
            Alert = e.Body,
            Flow = e.FlowId,
            Generation = flow.Generation,
            Sender = e.Sender,
            ClientIsB = (byte)(context.ClientIsB ? 1 : 0),
            Protocol = ProtocolOf(e.FlowId, e.Body.Application, context),
            SideBytes = (ushort)context.SideBlock.Length,
            ClientPackets = flow.ClientPackets,
            ServerPackets = flow.ServerPackets,
            ClientBytes = flow.ClientBytes,
            ServerBytes = flow.ServerBytes,
            StartNs = state.StartNs,
        };
        context.SideBlock.CopyTo(_tail);
        int length = context.SideBlock.Length;
        length += WriteTransaction(ref record, context, _tail.AsSpan(length));
        length += WritePacket(ref record, context, _tail.AsSpan(length));
        context.Write(in record, _tail.AsSpan(0, length));
    }

    /// <summary>The transaction that matched; where bytes of a packet or stream did, the oldest that is not
    /// over.</summary>
    private static int WriteTransaction(ref EveAlertRecord record, NfContext context, Span<byte> target)
    {
        if (context.Application is not { } application)
        {
            return 0;
        }

        bool isNamed = record.Alert.Transaction != 0;
        AppTransaction? transaction = isNamed ? AppFields.Find(application, record.Alert.Transaction - 1)
            : AppFields.Oldest(application);
        if (transaction is null)
        {
            return 0;
        }

        record.Application = transaction.Protocol;
        record.Transaction = transaction.Number;
        record.IsGuessed = (byte)(isNamed ? 0 : 1);
        Side source = record.Alert.Source == Side.Server ? Side.Server : Side.Client;
        record.FieldBytes = (ushort)AppFields.Write(transaction, source, target);
        return record.FieldBytes;
    }

    /// <summary>What was asked for of the packet, as far as there is room.</summary>
    private int WritePacket(ref EveAlertRecord record, NfContext context, Span<byte> target)
    {
        record.Payload = (options.AlertPayload ? EvePayload.Base64 : EvePayload.None)
            | (options.AlertPayloadPrintable ? EvePayload.Printable : EvePayload.None);
        if (!context.HasPacket)
        {
            return 0;
        }

        ReadOnlySpan<byte> frame = options.AlertPacket ? context.Packet.Frame.Span : [];
        ReadOnlySpan<byte> payload = record.Payload == EvePayload.None ? [] : context.Packet.Payload.Span;
        frame = frame[..Math.Min(frame.Length, target.Length)];
        payload = payload[..Math.Min(payload.Length, target.Length - frame.Length)];
        payload.CopyTo(target);
        frame.CopyTo(target[payload.Length..]);
        record.PayloadBytes = (ushort)payload.Length;
        record.FrameBytes = (ushort)frame.Length;
        record.LinkType = context.Packet.L3Offset == 0 ? RawIp : Ethernet;
        return payload.Length + frame.Length;
    }

    /// <summary>What parsers recognised, else what protocol identification said.</summary>
    private ProtocolName ProtocolOf(FlowId flow, AppProtocol known, NfContext context)
    {
        AppProtocol parsed = context.Application?.Protocol ?? AppProtocol.Unknown;
        parsed = parsed > AppProtocol.Failed ? parsed : known;
        return parsed > AppProtocol.Failed ? ProtocolName.Of(parsed) : protocols[flow];
    }
}
