using Dataplane.Native.Memory;
using Dataplane.Native.Ndpi;

namespace Dataplane.Inspection;

/// <summary>One worker's protocol identification: nDPI, with its names at hand.</summary>
/// <remarks>Owning worker only. Nothing is allocated here after construction;
/// nDPI allocates for some protocols.</remarks>
public sealed class ProtocolIdentifier : IDisposable
{
    /// <summary>The packet behind this many of a TCP flow decides it.</summary>
    public const uint PacketMaxTcp = NdpiModule.PacketMaxTcp;

    /// <summary>The packet behind this many of a UDP flow decides it.</summary>
    public const uint PacketMaxUdp = NdpiModule.PacketMaxUdp;

    private readonly NdpiModule _module;
    private ulong _nowMs;

    /// <summary>An identifier that follows up to <paramref name="flowMax"/> undecided flows at
    /// once.</summary>
    public ProtocolIdentifier(uint flowMax = NdpiModule.FlowMaxByDefault)
    {
        _module = new NdpiModule(flowMax);
        Names = ProtocolNames.Learn(_module);
    }

    /// <summary>What its numbers mean.</summary>
    public ProtocolNames Names { get; }

    /// <summary>Flows that are being followed.</summary>
    public uint OpenCount => _module.OpenCount;

    /// <summary>Begins to follow a flow; false when the pool is empty.</summary>
    public bool TryOpen(out uint flow) => _module.TryOpen(out flow);

    /// <summary>Feeds a packet from its IP header to the end of the frame.
    /// True when the answer is final.</summary>
    public bool Process(uint flow, PacketBytes layer3, long timeNs, out ProtocolAnswer answer) =>
        Process(flow, layer3, timeNs, NdpiTurn.More, out answer);

    /// <summary>Feeds the packet that must decide its flow: there will be no other.</summary>
    public bool ProcessLast(uint flow, PacketBytes layer3, long timeNs, out ProtocolAnswer answer) =>
        Process(flow, layer3, timeNs, NdpiTurn.Last, out answer);

    /// <summary>The best answer for a flow that ended undecided.</summary>
    public ProtocolAnswer GiveUp(uint flow) => AnswerOf(_module.GiveUp(flow));

    /// <summary>Host name, SNI or SSH client; returns its length.</summary>
    public int HostName(uint flow, Span<byte> text) => _module.HostName(flow, text);

    /// <summary>Forgets a flow.</summary>
    public void Close(uint flow) => _module.Close(flow);

    public void Dispose() => _module.Dispose();

    private bool Process(uint flow, PacketBytes layer3, long timeNs, NdpiTurn turn, out ProtocolAnswer answer)
    {
        // nDPI's caches need a clock that never goes back; captures have packets out of order.
        _nowMs = Math.Max(_nowMs, (ulong)Math.Max(0, timeNs / 1_000_000));
        bool isFinal = _module.Process(flow, layer3, _nowMs, turn, out NdpiAnswer said) == NdpiStep.Decided;
        answer = AnswerOf(said);
        return isFinal;
    }

    private static ProtocolAnswer AnswerOf(NdpiAnswer said) =>
        new(said.Master, said.App, said.Category, said.Confidence, said.Risks);
}
