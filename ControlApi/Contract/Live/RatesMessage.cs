namespace ControlApi.Contract.Live;

/// <summary>Hub method rates: what happened in the last second.</summary>
public sealed record RatesMessage
{
    public const string Method = "rates";

    public required DateTimeOffset Time { get; init; }

    public double PacketsPerSecond { get; set; }

    public double BitsPerSecond { get; set; }

    public double DropsPerSecond { get; set; }

    public double NoticesPerSecond { get; set; }

    public double AlertsPerSecond { get; set; }

    public ulong Flows { get; set; }

    public IReadOnlyList<PortRate> Ports { get; set; } = [];

    public IReadOnlyList<WorkerRate> Workers { get; set; } = [];

    public IReadOnlyList<NfRate> Nfs { get; set; } = [];

    public IReadOnlyList<EventRate> Events { get; set; } = [];
}
