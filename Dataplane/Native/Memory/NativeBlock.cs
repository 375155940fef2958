using System.Runtime.InteropServices;

namespace Dataplane.Native.Memory;

/// <summary>Takes and returns zeroed memory outside the managed heap, on huge pages where it can.</summary>
/// <remarks>
/// Behind every block lie TailBytes that can be read: vectorscan's scanners may load a whole vector that
/// begins inside the bytes they were given and ends behind them (VectorCamp/vectorscan issue 322), which
/// would kill the process where a block ends with the last page of a mapping.
/// Threads:  any; no state.
/// Lifetime: whoever allocates frees exactly once, with the same value.
/// </remarks>
internal readonly unsafe struct NativeBlock
{
    private const nuint CacheLineBytes = 64;
    private const nuint HugePageBytes = 2 * 1024 * 1024;

    /// <summary>The widest vector there is.</summary>
    private const nuint TailBytes = 64;

    /// <summary>Below this a mapping of its own is not worth its call.</summary>
    private const nuint LazyBytesMin = 128 * 1024;

    private readonly nuint _mappedBytes;

    private NativeBlock(void* start, nuint mappedBytes, bool hasReservedHugePages)
    {
        Start = start;
        _mappedBytes = mappedBytes;
        HasReservedHugePages = hasReservedHugePages;
    }

    public void* Start { get; }

    public bool HasReservedHugePages { get; }

    public static NativeBlock Allocate(nuint bytes, MemoryPages pages)
    {
        if (!PageTouch.AtStart && bytes >= LazyBytesMin)
        {
            return AllocateLazily(bytes + TailBytes);
        }
        if (pages == MemoryPages.Huge && bytes >= HugePageBytes)
        {
            return AllocateHuge(bytes + TailBytes);
        }
        return AllocateAligned(bytes + TailBytes, CacheLineBytes);
    }

    public void Free()
    {
        if (_mappedBytes != 0)
        {
            _ = LibC.Unmap(Start, _mappedBytes);
            return;
        }
        NativeMemory.AlignedFree(Start);
    }

    private static NativeBlock AllocateHuge(nuint bytes)
    {
        nuint rounded = (bytes + HugePageBytes - 1) & ~(HugePageBytes - 1);
        void* mapped = LibC.Map(
            null,
            rounded,
            LibC.ProtectRead | LibC.ProtectWrite,
            LibC.MapPrivate | LibC.MapAnonymous | LibC.MapHugeTlb | LibC.MapPopulate,
            -1,
            0);
        if (mapped != LibC.MapFailed)
        {
            return new NativeBlock(mapped, rounded, hasReservedHugePages: true);
        }
        return AllocateAligned(rounded, HugePageBytes);
    }

    // Zeroed by the kernel, page by page as they are written.
    private static NativeBlock AllocateLazily(nuint bytes)
    {
        void* mapped = LibC.Map(
            null, bytes, LibC.ProtectRead | LibC.ProtectWrite, LibC.MapPrivate | LibC.MapAnonymous, -1, 0);
        return mapped != LibC.MapFailed
            ? new NativeBlock(mapped, bytes, hasReservedHugePages: false)
            : AllocateAligned(bytes, CacheLineBytes);
    }

    private static NativeBlock AllocateAligned(nuint bytes, nuint alignment)
    {
        void* start = NativeMemory.AlignedAlloc(bytes, alignment);
        if (alignment == HugePageBytes)
        {
            _ = LibC.Advise(start, bytes, LibC.AdviseHugePage);
        }

        // Clearing also faults every page in, so that no worker does so later.
        NativeMemory.Clear(start, bytes);
        return new NativeBlock(start, 0, hasReservedHugePages: false);
    }
}
