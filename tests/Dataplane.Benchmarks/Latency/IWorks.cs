using Dataplane.Chains;

namespace Dataplane.Benchmarks.Latency;

/// <summary>An NF whose work can be compared.</summary>
public interface IWorks : INetworkFunction
{
    Workload Load { get; }
}
