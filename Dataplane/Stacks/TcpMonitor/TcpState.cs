namespace Dataplane.Stacks.TcpMonitor;

/// <summary>State of one end of a connection, inferred from what passed by (RFC 9293, 3.3.2).</summary>
public enum TcpState : byte
{
    Closed = 0,
    Listen = 1,
    SynSent = 2,
    SynReceived = 3,
    Established = 4,
    FinWait1 = 5,
    FinWait2 = 6,
    CloseWait = 7,
    Closing = 8,
    LastAck = 9,
    TimeWait = 10,
}

/// <summary>How a half came to be followed; <c>Origin</c> of TCP/STATE.</summary>
public enum TcpOrigin : byte
{
    /// <summary>From its handshake.</summary>
    Handshake,

    /// <summary>From the middle: no SYN was seen.</summary>
    Midstream,

    /// <summary>Again, after it had been bypassed (engine §4).</summary>
    Resumed,
}
