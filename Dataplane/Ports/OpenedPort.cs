namespace Dataplane.Ports;

/// <summary>
/// A port that was opened: one IPort per worker that polls it, and what people should know.
/// </summary>
/// <param name="Queues">Worker n polls queue n; captures have queue 0 only.</param>
/// <param name="Warnings">Sentences with their remedies, such as offloads that falsify packets.</param>
public sealed record OpenedPort(IReadOnlyList<IPort> Queues, IReadOnlyList<string> Warnings);
