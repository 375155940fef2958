namespace Dataplane.Benchmarks.Traffic;

/// <summary>What to generate. Equal options give equal bytes.</summary>
public sealed record TrafficOptions
{
    /// <summary>A flow's number stands in two octets of its client's address.</summary>
    public const int FlowMax = 65_536;

    public required TrafficKind Kind { get; init; }

    /// <summary>Connections and exchanges of datagrams.</summary>
    public required int Flows { get; init; }

    /// <summary>Packets of a TCP flow, about; T4 has ten whatever this says.</summary>
    public required int PacketsPerFlow { get; init; }

    /// <summary>Flows that are open at the same time, about.</summary>
    public required int Concurrency { get; init; }

    public int Seed { get; init; } = 1;

    /// <summary>The sizes that the experiments use.</summary>
    public static TrafficOptions Of(TrafficKind kind) => kind switch
    {
        TrafficKind.T3 => new() { Kind = kind, Flows = 40, PacketsPerFlow = 1_500, Concurrency = 20 },
        TrafficKind.T4 => new() { Kind = kind, Flows = 5_000, PacketsPerFlow = 10, Concurrency = 500 },
        _ => new() { Kind = kind, Flows = 1_200, PacketsPerFlow = 40, Concurrency = 300 },
    };

    /// <summary>A few flows of each kind, for tests.</summary>
    public static TrafficOptions Small(TrafficKind kind) => Of(kind) with
    {
        Flows = kind == TrafficKind.T3 ? 8 : 120,
        PacketsPerFlow = kind == TrafficKind.T3 ? 200 : 40,
        Concurrency = kind == TrafficKind.T3 ? 4 : 30,
    };
}
