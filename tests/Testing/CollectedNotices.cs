using Dataplane.Chains;
using Dataplane.Events;

namespace Testing;

/// <summary>Keeps what a sink of notices is given.</summary>
public sealed class CollectedNotices : INoticeSink
{
    private readonly List<Entry> _entries = [];

    public IReadOnlyList<Entry> Entries => _entries;

    public void Accept(in Notice notice) =>
        _entries.Add(new Entry(notice.Record, notice.SideBlock.ToArray(), notice.Function?.Name));

    /// <summary>One notice: the event, its side block, and the NF that published it.</summary>
    public sealed record Entry(EventRecord Record, byte[] SideBlock, string? Nf);
}
