using Dataplane.Flows;
using Dataplane.Native.Memory;
using Dataplane.Packets;

namespace Dataplane.Stacks;

/// <summary>Takes the bytes of TCP streams in order, before their events are delivered; the application
/// stack.</summary>
/// <remarks>Called for flows that have a link which demands application parsers.</remarks>
public interface IStreamReader
{
    /// <summary>The next bytes of a side; valid until the call returns.</summary>
    void TakeBytes(
        uint slot, ref readonly FlowEntry flow, Side side, ulong offset, PacketBytes bytes, long timeNs);

    /// <summary>Bytes of a side that will not come.</summary>
    void TakeGap(uint slot, ref readonly FlowEntry flow, Side side, ulong offset, ulong count, long timeNs);

    /// <summary>A side has sent its last byte.</summary>
    void TakeEnd(uint slot, ref readonly FlowEntry flow, Side side, long timeNs);
}
