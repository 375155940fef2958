namespace Dataplane.Inspection.Rules;

/// <summary>Which side's stream `stream_size` measures.</summary>
public enum StreamSide : byte
{
    Client,
    Server,
    Both,
    Either,
}

/// <summary>`stream_size`: bytes a side has sent, from sequence numbers.</summary>
public sealed record StreamSizeTest(StreamSide Side, NumberTest Test) : PacketTest;
