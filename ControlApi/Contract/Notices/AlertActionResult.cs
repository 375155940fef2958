namespace ControlApi.Contract.Notices;

/// <summary>How many groups of alerts an action reached.</summary>
public sealed record AlertActionResult(int Count);
