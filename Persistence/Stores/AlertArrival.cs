namespace Persistence.Stores;

/// <summary>One alert on its way into its group.</summary>
public readonly record struct AlertArrival(long Seq, string GroupId, string Title, int Severity, long Time);
