namespace Dataplane.Native.Dpdk;

/// <summary>How DPDK is started; it can be started once in a process.</summary>
public sealed record EalOptions
{
    /// <summary>Tells appliances on one machine apart: letters, digits and dashes.</summary>
    public required string FilePrefix { get; init; }

    /// <summary>Memory for packet buffers when there are no huge pages.</summary>
    public int MemoryMebibytes { get; init; } = 256;
}
