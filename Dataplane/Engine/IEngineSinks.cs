using Dataplane.Chains;

namespace Dataplane.Engine;

/// <summary>Where each worker's notices and records go.</summary>
public interface IEngineSinks
{
    /// <summary>The sink of a worker's notices; the same one for the same worker.</summary>
    INoticeSink NoticesOf(byte worker);

    /// <summary>The sink of a worker's records; the same one for the same worker.</summary>
    IRecordSink RecordsOf(byte worker);
}
