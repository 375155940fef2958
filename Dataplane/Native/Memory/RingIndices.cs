using System.Runtime.InteropServices;

namespace Dataplane.Native.Memory;

/// <summary>
/// The indices of a ring, producer's and consumer's two cache lines apart, because the adjacent-line
/// prefetcher pulls lines in pairs.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 384)]
internal struct RingIndices
{
    [FieldOffset(128)]
    public uint Tail;

    [FieldOffset(132)]
    public uint HeadSeenByProducer;

    [FieldOffset(256)]
    public uint Head;

    [FieldOffset(260)]
    public uint TailSeenByConsumer;
}
