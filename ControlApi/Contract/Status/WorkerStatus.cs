namespace ControlApi.Contract.Status;

/// <summary>One worker. Busy: share of the last second, 0 to 1. Core is null when it is not pinned.</summary>
public sealed record WorkerStatus(
    int Worker, int? Core, double Busy, bool Sleeping, ulong Packets, ulong Bytes, ulong Flows,
    ulong PacketsHandedOver, ulong RingOverflows);
