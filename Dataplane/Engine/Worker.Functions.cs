using Dataplane.Chains.Parallel;
using Dataplane.Counters;
using Dataplane.Packets;
using Dataplane.Ports;

namespace Dataplane.Engine;

/// <content>Packets that NFs on other cores hold: they leave when the runner says so.</content>
public sealed partial class Worker : IHeldPackets
{
    /// <inheritdoc/>
    void IHeldPackets.Leave(ref Packet packet, DropReason reason, byte port)
    {
        IPort? egress = _ports[port].Egress;
        Count(in packet, reason);
        if (reason == DropReason.NfRejectFlow)
        {
            _rejections?.Tell(in packet, in _ports[port]);
        }

        if (reason == DropReason.None && egress is not null)
        {
            Note(egress.SendCopy(packet.Frame));
        }
    }

    /// <inheritdoc/>
    void IHeldPackets.Finish(ref Packet packet, DropReason reason, byte port) =>
        Leave(ref packet, reason, in _ports[port]);

    /// <inheritdoc/>
    /// <remarks>A port that fills its buffers anew as a whole needs to know; others just miss one.</remarks>
    void IHeldPackets.Lose(ref Packet packet, byte port) => (_ports[port].Ingress as CapturePort)?.Lose();

    /// <inheritdoc/>
    void IHeldPackets.Free(ref Packet packet, byte port) => _ports[port].Ingress.Free(ref packet);

    private int ServeFunctions()
    {
        if (!_runner.Serve())
        {
            return 0;
        }

        foreach (PortPair pair in _ports)
        {
            pair.Ingress.Flush();
            pair.Egress?.Flush();
        }

        return 1;
    }

    // While they hold packets the worker must not go to sleep.
    private int WakeFunctions()
    {
        _runner.WakeLanes();
        return _runner.IsHolding ? 1 : 0;
    }
}
