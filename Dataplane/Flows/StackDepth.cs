namespace Dataplane.Flows;

/// <summary>What a flow's stack does beyond counting, as bits;
/// <see cref="Bypass"/> is none of them.</summary>
[Flags]
public enum StackDepth : byte
{
    /// <summary>Count, watch for FIN, RST and SYN, forward.</summary>
    Bypass = 0,

    /// <summary>TCP state of the client's half.</summary>
    ClientHalf = 1,

    /// <summary>TCP state of the server's half.</summary>
    ServerHalf = 2,

    /// <summary>Bytes sent by the client, in order (reassembled by the server's half).</summary>
    ClientStream = 4,

    /// <summary>Bytes sent by the server, in order (reassembled by the client's half).</summary>
    ServerStream = 8,
}
