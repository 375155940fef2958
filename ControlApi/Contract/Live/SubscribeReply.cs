namespace ControlApi.Contract.Live;

/// <summary>The subscription's id, and the id of the last notice stored when it began.</summary>
public sealed record SubscribeReply(string Id, string? Position);
