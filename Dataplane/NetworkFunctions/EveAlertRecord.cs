using System.Runtime.InteropServices;
using Dataplane.Chains;
using Dataplane.Events;
using Dataplane.Events.Applications;
using Dataplane.Flows;
using Dataplane.Packets;

namespace Dataplane.NetworkFunctions;

/// <summary>An alert for EVE JSON. The tail is the side block of EVENT/IDS_ALERT (gid, rev,
/// signature, category), then the fields of the transaction.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 8)]
public struct EveAlertRecord : IRecord
{
    /// <summary>The flow's key.</summary>
    public FlowKey Key;
    public long TimeNs;
    public IdsAlert Alert;
    public FlowId Flow;
    public uint Generation;

    /// <summary>Who sent the packet that raised the alert;
    /// Alert.Source says whom the line calls source.</summary>
    public Side Sender;

    /// <summary>1 when the client is end B of the key.</summary>
    public byte ClientIsB;

    /// <summary>The protocol in small letters, such as http; all zero when it is not known.</summary>
    public ProtocolName Protocol;

    /// <summary>Protocol of the transaction whose fields follow the side block in the tail.</summary>
    public AppProtocol Application;

    /// <summary>Length of the side block.</summary>
    public ushort SideBytes;

    public static RecordStream Stream => RecordStream.EveAlert;
}
