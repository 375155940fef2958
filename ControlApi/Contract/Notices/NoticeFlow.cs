namespace ControlApi.Contract.Notices;

/// <summary>The flow that a notice is about, in the direction of the packet that caused it.</summary>
public sealed record NoticeFlow
{
    public required string Id { get; init; }

    /// <summary>TCP, UDP, ICMP, ICMPV6, or the protocol's number.</summary>
    public required string Proto { get; init; }

    public required string SrcIp { get; init; }

    public required int SrcPort { get; init; }

    public required string DestIp { get; init; }

    public required int DestPort { get; init; }

    public string? AppProto { get; set; }

    public required string CommunityId { get; init; }
}
