using Dataplane.Native.Memory;

namespace Dataplane.Flows;

/// <summary>State that an NF or µStack keeps for each flow:
/// one <typeparamref name="T"/> (at most 64 B) a slot.</summary>
/// <remarks>Zeroed when a flow begins. Only the owning worker touches it.</remarks>
public sealed class PerFlow<T>(uint flowMax) : PerFlow
    where T : unmanaged
{
    private readonly NativeArray<T> _items = new(flowMax, MemoryPages.Huge);

    /// <summary>The state of a flow of this worker.</summary>
    public ref T this[FlowId flow] => ref _items[flow.Slot];

    /// <inheritdoc/>
    public override ulong Bytes => _items.Bytes;

    /// <inheritdoc/>
    public override void Clear(uint slot) => _items[slot] = default;

    /// <inheritdoc/>
    public override void Prefetch(uint slot) => _items.Prefetch(slot);

    public override void Dispose() => _items.Dispose();
}

/// <summary>Per-flow state whose type the caller need not know.</summary>
/// <remarks>A class: an interface that many types implement is called at four times the cost.</remarks>
public abstract class PerFlow : IDisposable
{
    /// <summary>Memory of all slots.</summary>
    public abstract ulong Bytes { get; }

    /// <summary>Zeroes the slot for a new flow.</summary>
    public abstract void Clear(uint slot);

    /// <summary>Asks for the slot's line: a packet of the flow comes soon.</summary>
    public abstract void Prefetch(uint slot);

    public abstract void Dispose();
}
