using Dataplane.Native.Memory;

namespace Dataplane.Native.Dpdk;

/// <summary>A fixed number of packet buffers that DPDK's drivers fill and send from.</summary>
/// <remarks>
/// Each has a private area of 192 bytes: our count at 0, its number at 4, two 64-byte snapshots from 64 on.
/// Threads:  made by the control thread; buffers are allocated and freed by any worker.
/// Lifetime: disposed after every port that uses it is closed.
/// </remarks>
public sealed unsafe class Mempool : IDisposable
{
    public const int PrivateBytes = 192;
    public const int CountOffset = 0;
    public const int IndexOffset = 4;
    public const int SnapshotOffset = 64;

    /// <summary>Room for a packet in each buffer: a frame of the standard MTU with tags, and some.</summary>
    public const int DataBytes = 2048;

    public const uint BufferMaxByDefault = 16_384;

    private readonly NativeArray<nint> _mbufs;
    private nint _pool;

    private Mempool(nint pool, NativeArray<nint> mbufs)
    {
        _pool = pool;
        _mbufs = mbufs;
    }

    public uint BufferCount => _mbufs.Length;

    /// <summary>Buffers that nobody holds now (those in thread caches included).</summary>
    public uint FreeCount => DpdkShim.PoolAvailable(_pool);

    internal nint Handle => _pool;

    /// <summary>The buffer of that number.</summary>
    public Mbuf this[uint index] => new(_mbufs[index]);

    public static bool TryCreate(uint bufferCount, out Mempool? pool, out string error)
    {
        pool = null;
        error = "";
        NativeArray<nint> mbufs = new(bufferCount);
        int code = DpdkShim.NewPool(
            Eal.NewName("packets"),
            bufferCount,
            PrivateBytes,
            DataBytes,
            IndexOffset,
            mbufs.AddressOf(0),
            out nint handle);
        if (code != 0)
        {
            mbufs.Dispose();
            error = $"DPDK cannot make {bufferCount} packet buffers "
                + $"({DpdkError.Name(code)}: {Eal.TakeLog()}); "
                + "lower the limit of packet buffers or reserve more huge pages.";
            return false;
        }
        pool = new Mempool(handle, mbufs);
        return true;
    }

    /// <summary>Takes buffers for packets of our own: all or none.</summary>
    public bool TryAllocate(Span<Mbuf> mbufs)
    {
        fixed (Mbuf* start = mbufs)
        {
            // SAFETY: an Mbuf is one pointer; DPDK writes exactly mbufs.Length of them, or none.
            return DpdkShim.Allocate(_pool, (nint*)start, (uint)mbufs.Length) == 0;
        }
    }

    /// <summary>Gives buffers back; each exactly once.</summary>
    public static void Free(ReadOnlySpan<Mbuf> mbufs)
    {
        fixed (Mbuf* start = mbufs)
        {
            DpdkShim.Free((nint*)start, (uint)mbufs.Length);
        }
    }

    public void Dispose()
    {
        if (_pool != 0)
        {
            DpdkShim.FreePool(_pool);
            _pool = 0;
            _mbufs.Dispose();
        }
    }
}
