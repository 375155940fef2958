namespace Dataplane.Inspection.Rules;

/// <summary>`fragbits`: reserved 4, don't fragment 2, more fragments 1.</summary>
public sealed record FragmentBitsTest(byte Bits, FlagMatch Match) : PacketTest;
