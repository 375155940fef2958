using Dataplane.Native.Memory;

namespace Dataplane.Inspection.Verify;

/// <summary>State that belongs to hosts or host pairs, not to a flow: thresholds and host bits.</summary>
/// <remarks>
/// Shared by all workers; a lock for each bucket of eight entries, taken only after a rule's other options
/// matched. The size is fixed: in a full bucket the entry that has lain longest gives way, which is counted.
/// </remarks>
public sealed class HostTable : IDisposable
{
    public const uint BucketEntries = 8;

    private readonly NativeArray<HostEntry> _entries;
    private readonly NativeArray<int> _locks;
    private readonly uint _bucketMask;
    private long _evictedCount;

    /// <param name="buckets">A power of two.</param>
    public HostTable(uint buckets = 8_192)
    {
        _entries = new NativeArray<HostEntry>(buckets * BucketEntries);
        _locks = new NativeArray<int>(buckets);
        _bucketMask = buckets - 1;
    }

    /// <summary>Entries that gave way to others while the table was crowded.</summary>
    public long EvictedCount => Interlocked.Read(ref _evictedCount);

    /// <summary>Finds the entry of a key, or makes one (all zero but the key); the bucket stays locked until
    /// <see cref="Unlock"/>.</summary>
    public ref HostEntry Lock(in HostKey key, out uint bucket)
    {
        bucket = (uint)key.GetHashCode() & _bucketMask;
        while (Interlocked.CompareExchange(ref _locks[bucket], 1, 0) != 0)
        {
            Thread.SpinWait(1);
        }
        uint first = bucket * BucketEntries;
        uint oldest = first;
        for (uint i = first; i < first + BucketEntries; i++)
        {
            ref HostEntry entry = ref _entries[i];
            if (entry.Key == key)
            {
                return ref entry;
            }
            if (entry.TimeNs < _entries[oldest].TimeNs)
            {
                oldest = i;
            }
        }
        ref HostEntry taken = ref _entries[oldest];
        if (taken.TimeNs != 0)
        {
            Interlocked.Increment(ref _evictedCount);
        }
        taken = new HostEntry { Key = key };
        return ref taken;
    }

    public void Unlock(uint bucket) => Volatile.Write(ref _locks[bucket], 0);

    public void Dispose()
    {
        _entries.Dispose();
        _locks.Dispose();
    }
}

/// <summary>Whose state an entry is: a purpose (rule or bit) and up to two addresses.</summary>
public readonly record struct HostKey(uint Purpose, UInt128 First, UInt128 Second)
{
    /// <summary>The same key for both directions between two addresses.</summary>
    public static HostKey OfPair(uint purpose, UInt128 one, UInt128 other) =>
        one < other ? new HostKey(purpose, one, other) : new HostKey(purpose, other, one);
}

/// <summary>One entry: when its period began or ends, and what has been counted in it.</summary>
public record struct HostEntry(HostKey Key, long TimeNs, uint Count);
