using Dataplane.Ports;

namespace Dataplane.Engine;

/// <summary>A port of the running revision.</summary>
/// <param name="Port">The port.</param>
/// <param name="IsUp">Packets can pass.</param>
/// <param name="Message">What was noticed about it, with the remedy; empty when all is well.</param>
public sealed record PortView(IPort Port, bool IsUp, string Message);
