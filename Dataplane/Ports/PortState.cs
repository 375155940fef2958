namespace Dataplane.Ports;

/// <summary>How a port is at the moment.</summary>
/// <param name="IsUp">Packets can pass.</param>
/// <param name="Warnings">Sentences with their remedies, such as offloads that falsify packets.</param>
public sealed record PortState(bool IsUp, IReadOnlyList<string> Warnings);
