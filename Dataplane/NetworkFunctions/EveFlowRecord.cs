using System.Runtime.InteropServices;
using Dataplane.Chains;
using Dataplane.Events;
using Dataplane.Flows;

namespace Dataplane.NetworkFunctions;

/// <summary>A flow at its end for EVE JSON (<c>flow</c>).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 8)]
public struct EveFlowRecord : IRecord
{
    /// <summary>The flow's key.</summary>
    public FlowKey Key;
    public long TimeNs;
    public long StartNs;
    public long EndNs;

    /// <summary>Whole frames the client sent, and their bytes on the wire.</summary>
    public ulong ClientBytes;
    public ulong ServerBytes;
    public uint ClientPackets;
    public uint ServerPackets;
    public FlowId Flow;
    public uint Generation;
    public FlowFlags Flags;
    public FlowEndReason Reason;

    /// <summary>1 when the client is end B of the key.</summary>
    public byte ClientIsB;

    /// <summary>1 when a rule alerted.</summary>
    public byte HasAlerted;

    /// <summary>The protocol in small letters, such as http; all zero when it is not known.</summary>
    public ProtocolName Protocol;

    public static RecordStream Stream => RecordStream.EveFlow;
}
