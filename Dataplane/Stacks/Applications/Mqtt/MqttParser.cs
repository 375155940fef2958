using Dataplane.Events.Applications;
using Dataplane.Packets;

namespace Dataplane.Stacks.Applications;

/// <summary>MQTT 3.1, 3.1.1 and 5: an exchange (CONNECT and CONNACK, SUBSCRIBE and SUBACK, PUBLISH and what
/// acknowledges it) is a transaction of the side that began it.</summary>
internal sealed class MqttParser(ApplicationStack stack) : MessageParser(stack)
{
    private const int MessageBytesMax = 128 * 1024;
    private const int HeaderBytesMax = 5;
    private byte _version;
    private bool _isConnected;

    private enum MessageType : byte
    {
        Unassigned,
        Connect,
        ConnectAcknowledge,
        Publish,
        PublishAcknowledge,
        PublishReceived,
        PublishRelease,
        PublishComplete,
        Subscribe,
        SubscribeAcknowledge,
        Unsubscribe,
        UnsubscribeAcknowledge,
        PingRequest,
        PingResponse,
        Disconnect,
        Authenticate,
    }

    /// <inheritdoc/>
    public override void Reset()
    {
        base.Reset();
        (_version, _isConnected) = (4, false);
    }

    /// <inheritdoc/>
    public override void Release()
    {
        Reset();
        Stack.Parsers.Mqtt.Return(this);
    }

    /// <inheritdoc/>
    protected override int Read(Side sender, ReadOnlySpan<byte> bytes)
    {
        var head = new MessageReader(bytes[1..Math.Min(bytes.Length, HeaderBytesMax)]);
        int length = head.Variable();
        if (head.HasFailed)
        {
            if (bytes.Length < HeaderBytesMax)
            {
                return 0;
            }
            Flow.Note(AppAnomaly.MqttMalformedTraffic, null, sender);
            Flow.Stop();
            return bytes.Length;
        }
        int headBytes = Math.Min(bytes.Length, HeaderBytesMax) - head.Rest.Length;
        int shown = Math.Min(length, MessageBytesMax);
        if (bytes.Length < headBytes + shown)
        {
            return 0;
        }
        SkipNext(sender, length - shown);
        ReadMessage(sender, bytes[0], new MessageReader(bytes.Slice(headBytes, shown)));
        return headBytes + shown;
    }

    private void ReadMessage(Side sender, byte first, MessageReader body)
    {
        var type = (MessageType)(first >> 4);
        switch (type)
        {
            case MessageType.Connect:
                ReadConnect(sender, first, body);
                break;
            case MessageType.ConnectAcknowledge:
                ReadConnectAcknowledge(sender, first, body);
                break;
            case MessageType.Publish:
                ReadPublish(sender, first, body);
                break;
            case >= MessageType.PublishAcknowledge and <= MessageType.PublishComplete:
                ReadPublishAnswer(sender, first, type, body);
                break;
            case MessageType.Subscribe or MessageType.Unsubscribe:
                ReadSubscribe(sender, first, type, body);
                break;
            case MessageType.SubscribeAcknowledge or MessageType.UnsubscribeAcknowledge:
                ReadSubscribeAnswer(sender, first, type, body);
                break;
            default:
                ReadSingle(sender, first, type, body);
                break;
        }
    }

    private void ReadConnect(Side sender, byte first, MessageReader body)
    {
        FieldTransaction? made = BeginWith(sender, first, MessageType.Connect, 0);
        if (made is null)
        {
            return;
        }
        body.Text();
        _version = body.Byte();
        byte flags = body.Byte();
        body.UInt16();
        SkipProperties(ref body);
        made.Add(AppNumber.MqttConnectFlags, sender, flags);
        AddText(made, AppBuffer.MqttClientId, sender, body.Text());
        if ((flags & 0x04) != 0)
        {
            SkipProperties(ref body);
            AddText(made, AppBuffer.MqttWillTopic, sender, body.Text());
            AddText(made, AppBuffer.MqttWillMessage, sender, body.Text());
        }
        if ((flags & 0x80) != 0)
        {
            AddText(made, AppBuffer.MqttUserName, sender, body.Text());
        }
        if ((flags & 0x40) != 0)
        {
            AddText(made, AppBuffer.MqttPassword, sender, body.Text());
        }
        made.Add(AppNumber.MqttVersion, sender, _version);
        NoteIf(body.HasFailed, AppAnomaly.MqttMalformedTraffic, made);
        NoteIf(_isConnected, AppAnomaly.MqttDoubleConnect, made);
        Flow.Moved(made, sender, AppProgress.Started);
    }

    private void ReadConnectAcknowledge(Side sender, byte first, MessageReader body)
    {
        FieldTransaction? exchange = Join(sender, first, MessageType.Connect, 0);
        NoteIf(exchange is null, AppAnomaly.MqttMissingConnect,
            exchange ??= BeginWith(sender, first, MessageType.ConnectAcknowledge, 0));
        _isConnected = true;
        if (exchange is not null)
        {
            body.Byte();
            exchange.Add(AppNumber.MqttReason, exchange.Initiator, body.Byte());
            Complete(exchange, sender);
        }
    }

    private void ReadPublish(Side sender, byte first, MessageReader body)
    {
        int quality = (first >> 1) & 3;
        ReadOnlySpan<byte> topic = body.Text();
        ulong packet = quality is 1 or 2 ? body.UInt16() : 0u;
        FieldTransaction? made = BeginWith(sender, first, MessageType.Publish, packet);
        if (made is null)
        {
            return;
        }
        SkipProperties(ref body);
        AddText(made, AppBuffer.MqttPublishTopic, sender, topic);
        AddText(made, AppBuffer.MqttPublishMessage, sender, body.Rest);
        NoteIf(!_isConnected, AppAnomaly.MqttUnintroducedMessage, made);
        NoteIf(quality == 3, AppAnomaly.MqttInvalidQosLevel, made);
        if (quality is 0 or 3 || !_isConnected)
        {
            Complete(made, sender);
        }
        else
        {
            Flow.Moved(made, sender, AppProgress.Started);
        }
    }

    private void ReadPublishAnswer(Side sender, byte first, MessageType type, MessageReader body)
    {
        ulong packet = body.UInt16();
        FieldTransaction? exchange = Join(sender, first, MessageType.Publish, packet);
        bool isLast =
            exchange is null || type is MessageType.PublishComplete or MessageType.PublishAcknowledge;
        NoteIf(exchange is null, AppAnomaly.MqttMissingPublish,
            exchange ??= BeginWith(sender, first, type, packet));
        if (exchange is null)
        {
            return;
        }
        if (_version >= 5)
        {
            exchange.Add(AppNumber.MqttReason, exchange.Initiator, body.Rest.IsEmpty ? 0 : body.Byte());
        }
        if (isLast)
        {
            Complete(exchange, sender);
        }
    }

    private void ReadSubscribe(Side sender, byte first, MessageType type, MessageReader body)
    {
        ulong packet = body.UInt16();
        FieldTransaction? made = BeginWith(sender, first, type, packet);
        if (made is null)
        {
            return;
        }
        SkipProperties(ref body);
        bool isSubscribe = type == MessageType.Subscribe;
        AppBuffer name = isSubscribe ? AppBuffer.MqttSubscribeTopic : AppBuffer.MqttUnsubscribeTopic;
        while (!body.Rest.IsEmpty)
        {
            AddText(made, name, sender, body.Text());
            _ = isSubscribe ? body.Byte() : 0;
        }
        NoteIf(body.HasFailed, AppAnomaly.MqttMalformedTraffic, made);
        NoteIf(!_isConnected, AppAnomaly.MqttUnintroducedMessage, made);
        Flow.Moved(made, sender, AppProgress.Started);
    }

    private void ReadSubscribeAnswer(Side sender, byte first, MessageType type, MessageReader body)
    {
        ulong packet = body.UInt16();
        bool isSubscribe = type == MessageType.SubscribeAcknowledge;
        FieldTransaction? exchange = Join(
            sender, first, isSubscribe ? MessageType.Subscribe : MessageType.Unsubscribe, packet);
        AppAnomaly missing =
            isSubscribe ? AppAnomaly.MqttMissingSubscribe : AppAnomaly.MqttMissingUnsubscribe;
        NoteIf(exchange is null, missing, exchange ??= BeginWith(sender, first, type, packet));
        if (exchange is null)
        {
            return;
        }
        SkipProperties(ref body);
        foreach (byte reason in body.Rest)
        {
            exchange.Add(AppNumber.MqttReason, exchange.Initiator, reason);
        }
        Complete(exchange, sender);
    }

    private void ReadSingle(Side sender, byte first, MessageType type, MessageReader body)
    {
        FieldTransaction? made = BeginWith(sender, first, type, 0);
        if (made is null)
        {
            return;
        }
        if (type is MessageType.Disconnect or MessageType.Authenticate && _version >= 5)
        {
            made.Add(AppNumber.MqttReason, sender, body.Rest.IsEmpty ? 0 : body.Byte());
        }
        NoteIf(type == MessageType.Unassigned, AppAnomaly.MqttUnassignedMsgType, made);
        NoteIf(!_isConnected && type != MessageType.Unassigned, AppAnomaly.MqttUnintroducedMessage, made);
        Complete(made, sender);
    }

    private FieldTransaction? BeginWith(Side sender, byte first, MessageType type, ulong packet)
    {
        FieldTransaction? made = Begin(AppProtocol.Mqtt, sender);
        if (made is not null)
        {
            (made.Key, made.Kind) = (packet, (int)type);
            Describe(made, first);
            if (type != MessageType.Connect)
            {
                made.Add(AppNumber.MqttVersion, sender, _version);
            }
        }
        return made;
    }

    /// <summary>The exchange that a message answers, which now holds it, too.</summary>
    private FieldTransaction? Join(Side sender, byte first, MessageType type, ulong packet)
    {
        FieldTransaction? exchange = Find(packet, (int)type, sender);
        if (exchange is not null)
        {
            Describe(exchange, first);
        }
        return exchange;
    }

    private static void Describe(FieldTransaction exchange, byte first)
    {
        exchange.Add(AppNumber.MqttType, exchange.Initiator, first >> 4);
        exchange.Add(AppNumber.MqttQos, exchange.Initiator, (first >> 1) & 3);
        exchange.Add(AppNumber.MqttFlags, exchange.Initiator, first & 9);
    }

    private void SkipProperties(ref MessageReader body)
    {
        if (_version >= 5)
        {
            body.Bytes(body.Variable());
        }
    }

    private void NoteIf(bool holds, AppAnomaly anomaly, FieldTransaction? exchange)
    {
        if (holds && exchange is not null)
        {
            Flow.Note(anomaly, exchange, exchange.Initiator);
        }
    }

    private static void AddText(
        FieldTransaction exchange, AppBuffer name, Side sender, ReadOnlySpan<byte> text)
    {
        if (!text.IsEmpty)
        {
            exchange.Add(name, sender, text);
        }
    }
}
