using System.Runtime.InteropServices;

namespace Dataplane.Flows;

/// <summary>Sequence numbers by which a SYN is known again: of a flow that is bypassed, or whose SYN waits
/// for its answer (8 bytes).</summary>
/// <remarks>Read for SYNs and when a flow's depth changes, so apart from the flow's entry.</remarks>
[StructLayout(LayoutKind.Sequential, Size = 8)]
public struct FlowNumbers
{
    /// <summary>The client's next number.</summary>
    public uint ClientNext;

    /// <summary>The server's next number; of an embryonic flow the time stamp of the client's SYN.</summary>
    public uint ServerNext;

    /// <summary>Client and server have changed places.</summary>
    public void Turn() => (ClientNext, ServerNext) = (ServerNext, ClientNext);
}
