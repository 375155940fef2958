using System.Text;
using Dataplane.Chains;

namespace Testing;

/// <summary>Keeps the records that NFs write.</summary>
public sealed class CollectedRecords : IRecordSink
{
    private readonly List<(object Record, byte[] Tail)> _entries = [];
    private readonly HashSet<RecordStream> _streams = [];

    /// <summary>Records of one kind with their tails, in order.</summary>
    public IReadOnlyList<(T Record, string Tail)> Of<T>()
        where T : unmanaged, IRecord =>
        [.. _entries.Where(e => e.Record is T).Select(e => ((T)e.Record, Encoding.UTF8.GetString(e.Tail)))];

    /// <summary>All records as text, in order, and the streams that they belong to.</summary>
    public IEnumerable<string> Texts =>
        _entries.Select(entry => $"{entry.Record} {Convert.ToHexString(entry.Tail)}");

    public IReadOnlyCollection<RecordStream> Streams => _streams;

    public bool Write<T>(ChainFunction function, in T record, ReadOnlySpan<byte> tail)
        where T : unmanaged, IRecord
    {
        lock (_entries)
        {
            _streams.Add(T.Stream);
            _entries.Add((record, tail.ToArray())); // NFs on other cores write, too
        }

        return true;
    }
}
