using System.Runtime.CompilerServices;
using Dataplane.Flows;
using Dataplane.Native.Memory;
using Dataplane.Packets;

namespace Dataplane.Stacks.TcpMonitor;

/// <content>The reader of bytes that comes before all subscribers: application parsers.</content>
public sealed partial class StreamReassembler
{
    private IStreamReader? _reader;

    /// <summary>Says who reads the bytes of flows whose links demand application parsers.</summary>
    public void ReadBy(IStreamReader reader) => _reader = reader;

    private void ReadBytes(
        Side side, ulong offset, PacketBytes bytes, in StreamSource source, ref readonly FlowEntry flow) =>
        _reader!.TakeBytes(source.Slot, in flow, side, offset, bytes, source.TimeNs);

    private void ReadGap(
        Side side, ulong offset, ulong count, in StreamSource source, ref readonly FlowEntry flow)
    {
        if (IsRead(in flow))
        {
            _reader!.TakeGap(source.Slot, in flow, side, offset, count, source.TimeNs);
        }
    }

    private void ReadEnd(Side side, in StreamSource source, ref readonly FlowEntry flow)
    {
        if (IsRead(in flow))
        {
            _reader!.TakeEnd(source.Slot, in flow, side, source.TimeNs);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsRead(ref readonly FlowEntry flow) =>
        _reader is not null && (flow.LinkMask & _bus.PlanOf(flow.Plan).ApplicationMask) != 0;
}
