using System.Runtime.InteropServices;
using Dataplane.Chains;
using Dataplane.Events.Applications;
using Dataplane.Flows;
using Dataplane.Packets;

namespace Dataplane.NetworkFunctions;

/// <summary>A transaction for EVE JSON (<c>http</c>, <c>tls</c>, <c>dns</c>, …), or something
/// irregular about one (<c>anomaly</c>). The tail holds the transaction's fields.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 8)]
public struct EveApplicationRecord : IRecord
{
    /// <summary>The flow's key.</summary>
    public FlowKey Key;
    public long TimeNs;
    public FlowId Flow;
    public uint Generation;

    /// <summary>Number of the transaction in its flow.</summary>
    public uint Transaction;

    /// <summary>The irregularity plus one; 0: this is a transaction.</summary>
    public ushort Anomaly;
    public AppProtocol Protocol;
    public Side Sender;

    /// <summary>1: a DNS answer.</summary>
    public byte IsAnswer;

    /// <summary>1 when the client is end B of the key.</summary>
    public byte ClientIsB;

    public static RecordStream Stream => RecordStream.EveApplication;
}
