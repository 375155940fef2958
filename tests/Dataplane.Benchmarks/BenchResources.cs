using Dataplane.Chains;
using Dataplane.Engine;

namespace Dataplane.Benchmarks;

/// <summary>A worker's resources, and those of an experiment: patterns, a log.</summary>
public sealed class BenchResources(WorkerResources worker, object? own) : INfResources
{
    public object? Find(Type type, string name) => type == own?.GetType() ? own : worker.Find(type, name);
}
