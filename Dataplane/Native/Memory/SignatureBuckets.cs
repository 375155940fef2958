using System.Diagnostics;
using System.Numerics;
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
    private readonly uint _mask;
    private Bucket* _first;

    /// <param name="bucketCount">A power of two.</param>
    /// <param name="pages">Huge pages save TLB misses in big tables.</param>
    public SignatureBuckets(uint bucketCount, MemoryPages pages = MemoryPages.Normal)
    {
        if (!BitOperations.IsPow2(bucketCount))
        {
            throw new ArgumentOutOfRangeException(
                nameof(bucketCount), bucketCount, "The number of buckets must be a power of two.");
        }
        _buckets = new NativeArray<Bucket>(bucketCount, pages);
        _first = _buckets.AddressOf(0);
        _mask = bucketCount - 1;
    }

    public uint BucketCount => _mask + 1;

    /// <summary>
    /// A bit for each lane that holds the signature; the low 32 bits of a hash choose the bucket.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Match(uint bucket, uint signature)
    {
        // SAFETY: At masks the number, and a bucket's first 32 bytes are its 8 signatures.
        Vector256<uint> signatures = Vector256.Load(At(bucket)->Signatures);
        return Vector256.Equals(signatures, Vector256.Create(signature)).ExtractMostSignificantBits();
    }

    /// <summary>A bit for each lane that is free.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Empty(uint bucket) => Match(bucket, 0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Slot(uint bucket, int lane) => At(bucket)->Slots[lane & (LaneCount - 1)];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Signature(uint bucket, int lane) => At(bucket)->Signatures[lane & (LaneCount - 1)];

    public void Set(uint bucket, int lane, uint signature, uint slot)
    {
        Debug.Assert(signature != 0, "Signature 0 marks an empty lane.");
        At(bucket)->Slots[lane & (LaneCount - 1)] = slot;
        At(bucket)->Signatures[lane & (LaneCount - 1)] = signature;
    }

    public void Clear(uint bucket, int lane) => At(bucket)->Signatures[lane & (LaneCount - 1)] = 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(uint bucket)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(At(bucket));
        }
    }

    public void Dispose()
    {
        _first = null;
        _buckets.Dispose();
    }

    // SAFETY: the mask keeps every number inside the array; lanes are masked by their users.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Bucket* At(uint bucket) => _first + (bucket & _mask);

    [StructLayout(LayoutKind.Sequential, Size = 64)]
    private struct Bucket
    {
        public fixed uint Signatures[LaneCount];
        public fixed uint Slots[LaneCount];
    }
}
