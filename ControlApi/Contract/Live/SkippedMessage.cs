namespace ControlApi.Contract.Live;

/// <summary>Server-sent event skipped: a reader that was too slow lost so many; REST has them.</summary>
public sealed record SkippedMessage(long Count);
