namespace ControlApi.Contract.Live;

/// <summary>Hub method rates: what happened in the last second.</summary>
public sealed record RatesMessage
{
    public const string Method = "rates";

    public required DateTimeOffset Time { get; init; }

    public double PacketsPerSecond { get; init; }

    public double BitsPerSecond { get; init; }

    public double DropsPerSecond { get; init; }

    public double NoticesPerSecond { get; init; }

    public double AlertsPerSecond { get; init; }

    public ulong Flows { get; init; }

    public IReadOnlyList<PortRate> Ports { get; set; } = [];

    public IReadOnlyList<WorkerRate> Workers { get; set; } = [];

    public IReadOnlyList<NfRate> Nfs { get; set; } = [];

    public IReadOnlyList<EventRate> Events { get; set; } = [];
}
