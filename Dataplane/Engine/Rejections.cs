using Dataplane.Native.Memory;
using Dataplane.Packets;
using Dataplane.Ports;

namespace Dataplane.Engine;

/// <summary>Tells both ends of a flow that it was refused (verdict RejectFlow, inline): TCP resets both
/// ways, or
/// ICMP to the sender.</summary>
/// <remarks>One per worker; its thread only; allocates nothing.</remarks>
public sealed class Rejections : IDisposable
{
    private readonly NativeArray<byte> _frame = new(RejectPacket.BytesMax);

    /// <summary>Frames sent, and frames that found no room.</summary>
    public ulong SentCount { get; private set; }

    public ulong LostCount { get; private set; }

    /// <summary>Tells the ends of the packet that goes no further; not where the port only listens.</summary>
    public void Tell(ref readonly Packet packet, in PortPair pair)
    {
        if (pair.Egress is null)
        {
            return;
        }
        Span<byte> frame = _frame.AsSpan();
        if (packet.Protocol == IpProtocols.Tcp)
        {
            Send(pair.Ingress, RejectPacket.Reset(in packet, toSender: true, frame));
            Send(pair.Egress, RejectPacket.Reset(in packet, toSender: false, frame));
        }
        else
        {
            Send(pair.Ingress, RejectPacket.Unreachable(in packet, frame));
        }
    }

    public void Dispose() => _frame.Dispose();

    private void Send(IPort port, int bytes)
    {
        if (bytes != 0)
        {
            bool isSent = port.SendCopy(_frame.Bytes(0, (uint)bytes));
            SentCount += isSent ? 1UL : 0;
            LostCount += isSent ? 0 : 1UL;
        }
    }
}
