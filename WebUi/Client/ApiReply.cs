namespace WebUi.Client;

/// <summary>What ControlApi answered, with the ETag to base a change on.</summary>
public sealed record ApiReply<T>(T Value, string? ETag);
