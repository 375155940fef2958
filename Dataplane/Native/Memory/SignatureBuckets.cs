using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Dataplane.Native.Memory;

/// <summary>
/// Hash buckets of one cache line each: 8 signatures of 32 bits, all compared at once, and 8 slot numbers.
/// </summary>
/// <remarks>
/// Signature 0 means an empty lane, so callers must never store 0 as a signature.
/// Budget:   one load, one compare, one move-mask per bucket; 0 bytes allocated after start.
/// Threads:  the worker that owns the table.
/// Lifetime: made at start-up, disposed after its worker has stopped.
/// </remarks>
public sealed unsafe class SignatureBuckets : IDisposable
{
    public const int LaneCount = 8;

    private readonly NativeArray<Bucket> _buckets;
    private readonly ulong _count;
    private Bucket* _first;

    /// <param name="bucketCount">Any number: a table need not be larger than its flows ask for.</param>
    /// <param name="pages">Huge pages save TLB misses in big tables.</param>
    public SignatureBuckets(uint bucketCount, MemoryPages pages = MemoryPages.Normal)
    {
        ArgumentOutOfRangeException.ThrowIfZero(bucketCount);
        _buckets = new NativeArray<Bucket>(bucketCount, pages);
        _first = _buckets.AddressOf(0);
        _count = bucketCount;
    }

    public uint BucketCount => (uint)_count;

    /// <summary>Bytes of all buckets.</summary>
    public ulong Bytes => _buckets.Bytes;

    /// <summary>The bucket that a hash chooses, by its high bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint IndexOf(uint hash) => (uint)((hash * _count) >> 32);

    /// <summary>A bit for each lane of the hash's bucket that holds the signature.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Match(uint hash, uint signature)
    {
        // SAFETY: At keeps to the array, and a bucket's first 32 bytes are its 8 signatures.
        Vector256<uint> signatures = Vector256.Load(At(hash)->Signatures);
        return Vector256.Equals(signatures, Vector256.Create(signature)).ExtractMostSignificantBits();
    }

    /// <summary>A bit for each lane that is free.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Empty(uint hash) => Match(hash, 0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Slot(uint hash, int lane) => At(hash)->Slots[lane & (LaneCount - 1)];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Signature(uint hash, int lane) => At(hash)->Signatures[lane & (LaneCount - 1)];

    public void Set(uint hash, int lane, uint signature, uint slot)
    {
        Debug.Assert(signature != 0, "Signature 0 marks an empty lane.");
        At(hash)->Slots[lane & (LaneCount - 1)] = slot;
        At(hash)->Signatures[lane & (LaneCount - 1)] = signature;
    }

    public void Clear(uint hash, int lane) => At(hash)->Signatures[lane & (LaneCount - 1)] = 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(uint hash)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(At(hash));
        }
    }

    public void Dispose()
    {
        _first = null;
        _buckets.Dispose();
    }

    // SAFETY: a hash below 2^32 times the count, over 2^32, is below the count; lanes are masked by their
    // users.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Bucket* At(uint hash) => _first + (nuint)((hash * _count) >> 32);

    [StructLayout(LayoutKind.Sequential, Size = 64)]
    private struct Bucket
    {
        public fixed uint Signatures[LaneCount];
        public fixed uint Slots[LaneCount];
    }
}
