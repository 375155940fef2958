namespace Dataplane.Inspection.Rules;

/// <summary>How a set of flag bits must agree with the packet's.</summary>
public enum FlagMatch : byte
{
    Exact,
    All,
    Any,
    NotAll,
}

/// <summary>`flags`: the TCP flags without the ignored ones.</summary>
public sealed record TcpFlagsTest(byte Flags, byte Ignored, FlagMatch Match) : PacketTest;
