using Dataplane.Flows;
using Dataplane.Native.Memory;
using Dataplane.NetworkFunctions;

namespace Dataplane.Notices;

/// <summary>The protocols last detected, by flow: what names the application of a later notice.</summary>
/// <remarks>
/// A table of one place for each flow number modulo its size: with more flows at once than places the
/// older name is forgotten, and a notice has none. Threads: one writer; a reader checks what it read.
/// </remarks>
public sealed class FlowProtocols : IDisposable
{
    private const uint PlaceCount = 1 << 15;

    private readonly NativeArray<Place> _places = new(PlaceCount);

    public void Remember(FlowId flow, uint generation, ReadOnlySpan<byte> protocol)
    {
        ref Place place = ref _places[flow.Value & (PlaceCount - 1)];
        Volatile.Write(ref place.Generation, 0);
        place.Flow = flow;
        place.Name = ProtocolName.OfMaster(protocol);
        Volatile.Write(ref place.Generation, generation + 1UL);
    }

    /// <summary>The flow's protocol in small letters; all zero when it is not known.</summary>
    public ProtocolName Find(FlowId flow, uint generation)
    {
        ref Place place = ref _places[flow.Value & (PlaceCount - 1)];
        if (Volatile.Read(ref place.Generation) != generation + 1UL || place.Flow != flow)
        {
            return default;
        }
        ProtocolName name = place.Name;
        return Volatile.Read(ref place.Generation) == generation + 1UL ? name : default;
    }

    public void Dispose() => _places.Dispose();

    private struct Place
    {
        /// <summary>The flow's generation plus one; 0 for none.</summary>
        public ulong Generation;
        public FlowId Flow;
        public ProtocolName Name;
    }
}
