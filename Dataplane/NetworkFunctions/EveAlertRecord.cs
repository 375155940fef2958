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

    /// <summary>1 when the transaction was not named by the match but guessed from the packet's
    /// side.</summary>
    public byte IsGuessed;

    /// <summary>Length of the side block, of the transaction's fields, of the payload and of the frame in the
    /// tail, in this order.</summary>
    public ushort SideBytes;
    public ushort FieldBytes;
    public ushort PayloadBytes;
    public ushort FrameBytes;

    /// <summary>What of the payload is written: see <see cref="EvePayload"/>.</summary>
    public EvePayload Payload;

    /// <summary>Link type of the frame.</summary>
    public byte LinkType;

    /// <summary>Number of the transaction in its flow.</summary>
    public uint Transaction;

    /// <summary>Whole frames by sender up to the alert, and the flow's first; 0: not known.</summary>
    public uint ClientPackets;
    public uint ServerPackets;
    public ulong ClientBytes;
    public ulong ServerBytes;
    public long StartNs;

    public static RecordStream Stream => RecordStream.EveAlert;
}

/// <summary>Forms in which a payload is written.</summary>
[Flags]
public enum EvePayload : byte
{
    None = 0,
    Base64 = 1,
    Printable = 2,
}
