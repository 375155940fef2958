using Dataplane.Events;

namespace Dataplane.Chains;

/// <summary>The way from an event record to one NF's handler:
/// one virtual and one interface call (engine §11).</summary>
public abstract class Link
{
    /// <summary>Hands the record over as the type the handler declares.</summary>
    public abstract Verdict Deliver(ref readonly EventRecord record, NfContext context);
}

/// <summary>A link to a handler of <typeparamref name="T"/>.</summary>
public sealed class Link<T>(IHandle<T> nf) : Link
    where T : unmanaged, IEvent
{
    /// <inheritdoc/>
    public override Verdict Deliver(ref readonly EventRecord record, NfContext context) =>
        nf.Handle(new Event<T>(in record), context);
}
