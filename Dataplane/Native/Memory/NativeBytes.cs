namespace Dataplane.Native.Memory;

/// <summary>Views of packet bytes over byte arrays of native memory (capture pools, tests).</summary>
public static unsafe class NativeBytes
{
    /// <summary>The view of <paramref name="count"/> bytes from <paramref name="start"/>.</summary>
    public static PacketBytes Bytes(this NativeArray<byte> memory, uint start, uint count)
    {
        ArgumentNullException.ThrowIfNull(memory);
        if (count == 0)
        {
            return default;
        }
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, (uint)int.MaxValue);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((ulong)start + count, memory.Length, nameof(count));

        // SAFETY: start and start + count - 1 are inside the array.
        return new PacketBytes(memory.AddressOf(start), count);
    }

    /// <summary>A structure that lies inside the array, for headers before packet data.</summary>
    public static ref T At<T>(this NativeArray<byte> memory, uint start)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(memory);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(
            (ulong)start + (uint)sizeof(T), memory.Length, nameof(start));

        // SAFETY: all sizeof(T) bytes from start are inside the array; x86-64 and arm64 read unaligned.
        return ref *(T*)memory.AddressOf(start);
    }
}
