using Dataplane.Chains;
using Dataplane.Events;

namespace Dataplane.Notices;

/// <summary>The notices of <c>analyze</c>: counted by type;
/// their lines come from the NFs that write.</summary>
/// <remarks>Threads: the one worker.</remarks>
public sealed class OfflineSink : INoticeSink
{
    private readonly ulong[] _counts = new ulong[EventTree.Types.Count];

    /// <summary>Notices by type number.</summary>
    public ReadOnlySpan<ulong> Counts => _counts;

    public void Accept(in Notice notice) => _counts[notice.Record.TypeId]++;
}
