using ControlApi.Contract.Status;

namespace WebUi.Stores;

/// <summary>A flow and the bits per second that both sides sent between two looks.</summary>
public sealed record FlowRate(FlowStatus Flow, double BitsPerSecond);
