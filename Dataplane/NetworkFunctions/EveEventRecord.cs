using System.Runtime.InteropServices;
using Dataplane.Chains;
using Dataplane.Events;
using Dataplane.Flows;

namespace Dataplane.NetworkFunctions;

/// <summary>Any other event for EVE JSON: <c>event_type</c> is the last part of its path in small
/// letters.</summary>
/// <remarks>Fields of the body are named by <see cref="EventFields"/>;
/// the tail is the event's side block.</remarks>
[StructLayout(LayoutKind.Sequential, Pack = 8)]
public struct EveEventRecord : IRecord
{
    /// <summary>The event itself: type, sender, time and body.</summary>
    public EventRecord Event;

    /// <summary>The flow's key.</summary>
    public FlowKey Key;

    /// <summary>1 when the client is end B of the key.</summary>
    public byte ClientIsB;

    /// <summary>The protocol in small letters, such as http; all zero when it is not known.</summary>
    public ProtocolName Protocol;

    public static RecordStream Stream => RecordStream.EveEvent;
}
