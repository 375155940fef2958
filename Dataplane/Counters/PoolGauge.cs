namespace Dataplane.Counters;

/// <summary>How much of a worker's pool is in use; read by the control thread, a moment late.</summary>
/// <param name="Name">What people know it by, in kebab case.</param>
/// <param name="Used">Places in use now.</param>
/// <param name="Max">Places there are.</param>
/// <param name="Bytes">Memory of the pool, used or not.</param>
/// <param name="Refused">Requests that found no place.</param>
public sealed record PoolGauge(
    string Name, Func<ulong> Used, ulong Max, ulong Bytes, Func<ulong> Refused);
