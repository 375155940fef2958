namespace ControlApi.Contract.Status;

/// <summary>Packets that went no further for one reason, since the dataplane's start.</summary>
public sealed record DropCount(string Reason, ulong Packets);
