namespace Dataplane.Benchmarks.Latency;

/// <summary>How workers and NFs share two cores.</summary>
/// <param name="Id">sequential or parallel.</param>
/// <param name="WorkerCores">A worker on each, with its share of the flows.</param>
/// <param name="FunctionCores">Cores of NFs that do not run on their worker.</param>
/// <param name="OfFunctions">Placement of each of the five NFs.</param>
/// <param name="CriticalNs">Work that lies on the longest way of a packet that all NFs hear.</param>
public sealed record LatencyPlacement(
    string Id, IReadOnlyList<int> WorkerCores, IReadOnlyList<int> FunctionCores,
    IReadOnlyList<string> OfFunctions, int CriticalNs)
{
    /// <summary>Both on the same two cores: two workers that do everything in a row, or one worker with DPI
    /// and Signature_Match while Flow_Stats, Logger and LB run beside it.</summary>
    public static IReadOnlyList<LatencyPlacement> OnCores(int first, int second)
    {
        IReadOnlyList<int> ns = LatencyVariant.ServiceNs;
        return
        [
            new("sequential", [first, second], [second],
                ["inline", "inline", "inline", "inline", "inline"], ns.Sum()),
            new("parallel", [first], [second],
                ["inline", "inline", "parallel", "parallel", "parallel"],
                Math.Max(ns[0] + ns[1], ns[2] + ns[3] + ns[4])),
        ];
    }
}
