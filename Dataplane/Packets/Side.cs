namespace Dataplane.Packets;

/// <summary>Which end of a flow sent a packet; also names one of a connection's two halves.</summary>
/// <remarks><see cref="None"/> is used where a packet or an update belongs to neither (ICMP,
/// timers).</remarks>
public enum Side : byte
{
    /// <summary>The client: see <c>FlowEntry</c> for how it is chosen.</summary>
    Client = 0,

    /// <summary>The server: the other end.</summary>
    Server = 1,

    /// <summary>Neither.</summary>
    None = 2,
}

/// <summary>Arithmetic on <see cref="Side"/>.</summary>
public static class Sides
{
    /// <summary>The other end of the flow.</summary>
    public static Side Other(this Side side) => side == Side.None ? Side.None : (Side)((byte)side ^ 1);
}
