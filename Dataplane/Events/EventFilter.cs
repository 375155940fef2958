using Dataplane.Native.Memory;

namespace Dataplane.Events;

/// <summary>Decides which defined events an event of a base type raises.</summary>
/// <remarks>Immutable, shared by workers; tried before the record is built; allocates nothing.</remarks>
public abstract class EventFilter
{
    /// <summary>How many events one filter can raise.</summary>
    public const int RaisedMax = 32;

    /// <summary>Bit n: the filter's n-th event.</summary>
    /// <param name="candidate">Header flags, time and body of the base event; it has no number yet.</param>
    /// <param name="bytes">Bytes of a stream that the event announces, else the packet's payload.</param>
    public abstract uint Raise(ref readonly EventRecord candidate, PacketBytes bytes);

    /// <summary>A filter that raises its one event, bit 0, where a predicate holds.</summary>
    public static EventFilter Of(EventPredicate predicate) => new OfPredicate(predicate);

    /// <summary>A filter that raises its one event where a predicate holds.</summary>
    private sealed class OfPredicate(EventPredicate predicate) : EventFilter
    {
        public override uint Raise(ref readonly EventRecord candidate, PacketBytes bytes) =>
            predicate.Holds(in candidate) ? 1u : 0;
    }

    /// <summary>A filter written in C#.</summary>
    internal sealed class Typed<TFilter, TBase> : EventFilter
        where TFilter : IEventFilter<TBase>
        where TBase : unmanaged, IEvent
    {
        public override uint Raise(ref readonly EventRecord candidate, PacketBytes bytes) =>
            TFilter.Raise(new Event<TBase>(in candidate), bytes);
    }
}

/// <summary>A filter of an NF's own: says which of its events an event of a base type raises.</summary>
/// <remarks>Called on the worker, only while a subscription of the flow names one of its events.</remarks>
public interface IEventFilter<TBase>
    where TBase : unmanaged, IEvent
{
    /// <summary>Bit n: raise the event that says <c>[RaisedBy(typeof(this), n)]</c>.</summary>
    /// <param name="e">The base event; its record has no number yet.</param>
    /// <param name="bytes">Bytes of a stream that it announces, else the packet's payload.</param>
    static abstract uint Raise(in Event<TBase> e, PacketBytes bytes);
}

/// <summary>Makes an event type a defined event: its parent's fields, raised where a filter says.</summary>
[AttributeUsage(AttributeTargets.Struct)]
public sealed class RaisedByAttribute(Type filter, int bit = 0) : Attribute
{
    /// <summary>A class that is <c>IEventFilter</c> of the parent's type.</summary>
    public Type Filter { get; } = filter;

    /// <summary>Which bit of the filter's answer is this type's.</summary>
    public int Bit { get; } = bit;
}
