using System.Runtime.InteropServices;

namespace Dataplane.Contract.Shared;

/// <summary>One of the flows that carry most, as the live list shows it.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct FlowRow
{
    /// <summary>The flow's identity as notices name it, below 2^53.</summary>
    public ulong Flow;

    public SharedAddress ClientAddress;
    public SharedAddress ServerAddress;
    public ushort ClientPort;
    public ushort ServerPort;
    public ushort Vlan;
    public ushort InnerVlan;
    public byte Protocol;

    /// <summary>Row of the depth's name in the table of depths.</summary>
    public byte Depth;

    /// <summary>Index of the flow's chain in the document.</summary>
    public ushort Chain;

    /// <summary>Index of the port that the client's packets come in by.</summary>
    public ushort Port;
    public ushort Worker;
    public ulong ClientPackets;
    public ulong ClientBytes;
    public ulong ServerPackets;
    public ulong ServerBytes;

    /// <summary>Microseconds since 1970, UTC.</summary>
    public long FirstSeen;
    public long LastSeen;

    /// <summary>Bits of the flow's subscriptions that are on.</summary>
    public ulong LinkMask;
    public SharedName AppProtocol;
}
