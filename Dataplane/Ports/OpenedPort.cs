namespace Dataplane.Ports;

/// <summary>A port that was opened: one IPort per worker that polls it, and a way to ask how it is.</summary>
/// <param name="Queues">Worker n polls queue n; captures have queue 0 only.</param>
/// <param name="ReadState">Asks the kernel or the driver: for the control thread.</param>
public sealed record OpenedPort(IReadOnlyList<IPort> Queues, Func<PortState> ReadState)
{
    /// <summary>Tells whether the interface was removed and made anew: only opened again does the port carry
    /// anything.</summary>
    public Func<bool> IsReplaced { get; init; } = () => false;
}
