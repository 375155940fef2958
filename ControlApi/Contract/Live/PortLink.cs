namespace ControlApi.Contract.Live;

/// <summary>Whether packets can pass a port, and why not.</summary>
public sealed record PortLink(string Id, string Device, bool Up, string? Message);
