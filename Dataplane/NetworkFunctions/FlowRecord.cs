using System.Runtime.InteropServices;
using Dataplane.Chains;
using Dataplane.Events;
using Dataplane.Flows;

namespace Dataplane.NetworkFunctions;

/// <summary>A flow at its end: a line of flows.json. The tail is the protocol's name in UTF-8, as nDPI writes
/// it, and the host name behind it.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 8)]
public struct FlowRecord : IRecord
{
    /// <summary>The flow's key.</summary>
    public FlowKey Key;
    public long StartNs;
    public long EndNs;

    /// <summary>Whole frames the client sent, and their bytes on the wire.</summary>
    public ulong ClientBytes;
    public ulong ServerBytes;
    public uint ClientPackets;
    public uint ServerPackets;
    public FlowId Flow;
    public uint Generation;
    public FlowEndReason Reason;

    /// <summary>The deepest that the flow's stack was.</summary>
    public StackDepth Depth;

    /// <summary>1 when the client is end B of the key.</summary>
    public byte ClientIsB;

    /// <summary>Bytes of the protocol's name in the tail.</summary>
    public byte NameLength;

    /// <summary>What protocol identification said last.</summary>
    public DpiEvent Protocol;

    public static RecordStream Stream => RecordStream.Flow;
}
