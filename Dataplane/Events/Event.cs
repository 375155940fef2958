using System.Runtime.CompilerServices;
using Dataplane.Flows;
using Dataplane.Packets;

namespace Dataplane.Events;

/// <summary>An event as its subscriber sees it: the record's header and the body as declared.</summary>
/// <remarks>Valid until the handler returns.</remarks>
public readonly ref struct Event<T>
    where T : unmanaged, IEvent
{
    private readonly ref readonly EventRecord _record;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Event(ref readonly EventRecord record) => _record = ref record;

    /// <summary>The 64-byte record.</summary>
    public ref readonly EventRecord Record => ref _record;

    /// <summary>The body, as the declared type.</summary>
    public ref readonly T Body => ref EventRecord.BodyOf<T>(in _record);

    public FlowId FlowId => _record.Flow;

    public Side Sender => _record.Sender;

    public Side Half => _record.Half;

    /// <summary>Flow time in ns since 1970.</summary>
    public long TimeNs => _record.TimeNs;

    /// <summary>True for bytes delivered again to a late subscriber.</summary>
    public bool IsReplay => (_record.Flags & EventFlags.Replay) != 0;
}
