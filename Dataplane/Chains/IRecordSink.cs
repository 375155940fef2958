namespace Dataplane.Chains;

/// <summary>Takes the records that NFs write: EVE lines, flow and connection records.</summary>
public interface IRecordSink
{
    /// <summary>
    /// Called on the worker's thread. Live, a full ring drops the record, counts it and answers false; in
    /// <c>analyze</c> the call waits for room instead.
    /// </summary>
    /// <param name="function">The NF that writes; its Options say where to and how to rotate.</param>
    /// <param name="record">The record.</param>
    /// <param name="tail">Bytes of variable length that belong to it.</param>
    bool Write<T>(ChainFunction function, in T record, ReadOnlySpan<byte> tail)
        where T : unmanaged, IRecord;

    /// <summary>The sink for an NF on a thread of its own, by a number that no two such NFs of a worker have
    /// at a time; the same one where it bears several threads.</summary>
    IRecordSink ForOtherThread(int number) => this;
}
