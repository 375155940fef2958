namespace ControlApi.Contract.Live;

/// <summary>How busy one worker was in the last second, 0 to 1.</summary>
public sealed record WorkerRate(int Worker, int Core, double Busy, double Packets, ulong Flows);
