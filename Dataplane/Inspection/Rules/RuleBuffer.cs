namespace Dataplane.Inspection.Rules;

/// <summary>Where the bytes of a buffer come from.</summary>
public enum BufferSource : byte
{
    Payload,
    Ipv4Header,
    Ipv6Header,
    TcpHeader,
    UdpHeader,
    Icmp4Header,
    Icmp6Header,
    SourceAddress,
    DestinationAddress,

    /// <summary>What base64_decode made of a part of another buffer.</summary>
    Base64,

    /// <summary>A text of an application's transaction, taken from its parser.</summary>
    Application,
}

/// <summary>A buffer that content and its like can look at; the payload is one of them.</summary>
/// <remarks>Application: what a rule is bound to by using the buffer, or null. Sides: the directions in which
/// it exists.</remarks>
public sealed record RuleBuffer(string Name, BufferSource Source, string? Application, byte Sides)
{
    public const byte ToServer = 1;
    public const byte ToClient = 2;

    public static RuleBuffer Base64 { get; } =
        new("base64_data", BufferSource.Base64, null, ToServer | ToClient);

    /// <summary>True when a transaction may have several of it: each use in a rule is compared on its
    /// own.</summary>
    public bool IsMulti { get; init; }

    public static RuleBuffer Payload { get; } =
        new("payload", BufferSource.Payload, null, ToServer | ToClient);
}
