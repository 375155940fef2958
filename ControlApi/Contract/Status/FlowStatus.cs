namespace ControlApi.Contract.Status;

/// <summary>One of the live flows that carry most.</summary>
public sealed record FlowStatus
{
    public required string Id { get; init; }

    public required string Proto { get; init; }

    public required string ClientIp { get; init; }

    public required int ClientPort { get; init; }

    public required string ServerIp { get; init; }

    public required int ServerPort { get; init; }

    public int? Vlan { get; set; }

    public string? AppProto { get; set; }

    public required string CommunityId { get; init; }

    public required string Chain { get; init; }

    /// <summary>How much of the stack the flow gets: bypass, tcp, stream and so on.</summary>
    public required string Depth { get; init; }

    public required int Worker { get; init; }

    public ulong ClientPackets { get; set; }

    public ulong ClientBytes { get; set; }

    public ulong ServerPackets { get; set; }

    public ulong ServerBytes { get; set; }

    public required DateTimeOffset FirstSeen { get; init; }

    public required DateTimeOffset LastSeen { get; init; }
}
