namespace ControlApi.Contract.Live;

/// <summary>Server-sent event gap: notices from one id to another were left out; REST has them.</summary>
public sealed record GapMessage(string From, string To);
