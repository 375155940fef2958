using Dataplane.Flows;
using Dataplane.Packets;

namespace Dataplane.Chains;

/// <content>Frames of NFs' own making.</content>
public sealed partial class ChainRunner
{
    private IFrameOutlet? _outlet;

    /// <summary>Frames that NFs sent, and those that found no way.</summary>
    public ulong InjectedCount { get; private set; }

    public ulong InjectionLostCount { get; private set; }

    /// <summary>Says who sends frames of NFs' own making.</summary>
    public void InjectBy(IFrameOutlet outlet) => _outlet = outlet;

    internal bool Inject(ChainFunction function, Side to, ReadOnlySpan<byte> frame)
    {
        function.CheckMayInject();
        Chain chain = _chain.Chain;
        bool isSent = false;
        if (_outlet is not null && chain.IsInline && to != Side.None && !frame.IsEmpty)
        {
            bool isClientOnSecond = (_flows[_slot].Flags & FlowFlags.ClientOnSecondPort) != 0;
            isSent = _outlet.Send(chain.Ports[(to == Side.Client) == isClientOnSecond ? 1 : 0], frame);
        }

        InjectedCount += isSent ? 1UL : 0;
        InjectionLostCount += isSent ? 0 : 1UL;
        return isSent;
    }

    private bool IsClientOnSecondPort(ref readonly Packet packet)
    {
        Chain chain = _chain.Chain;
        return chain.IsInline && (packet.PortIndex == chain.Ports[1]) == (packet.Sender == Side.Client);
    }
}
