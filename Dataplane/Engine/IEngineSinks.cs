using Dataplane.Chains;

namespace Dataplane.Engine;

/// <summary>Where each worker's notices and records go.</summary>
public interface IEngineSinks
{
    /// <summary>The sink of a worker's notices; the same one for the same worker.</summary>
    INoticeSink NoticesOf(byte worker);

    /// <summary>The sink of a worker's records; the same one for the same worker.</summary>
    IRecordSink RecordsOf(byte worker);

    /// <summary>Where workers mark the NF they are inside; null: nowhere.</summary>
    BusyMarks? Marks => null;

    /// <summary>NFs that must not run: they ended the process again and again.</summary>
    IReadOnlyCollection<string> Suspended => [];
}
