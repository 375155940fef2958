namespace Dataplane.Inspection.Rules;

/// <summary>`tcpv4-csum` and its like: whether the checksum of that header is right.</summary>
public sealed record ChecksumTest(BufferSource Header, byte IpVersion, bool Valid) : PacketTest;
