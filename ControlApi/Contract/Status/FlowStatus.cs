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

    public int? Vlan { get; init; }

    public string? AppProto { get; init; }

    public required string CommunityId { get; init; }

    public required string Chain { get; init; }

    /// <summary>How much of the stack the flow gets: bypass, tcp, stream and so on.</summary>
    public required string Depth { get; init; }

    public required int Worker { get; init; }

    public ulong ClientPackets { get; init; }

    public ulong ClientBytes { get; init; }

    public ulong ServerPackets { get; init; }

    public ulong ServerBytes { get; init; }

    public required DateTimeOffset FirstSeen { get; init; }

    public required DateTimeOffset LastSeen { get; init; }
}
