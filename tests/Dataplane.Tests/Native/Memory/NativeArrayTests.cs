using System.Runtime.InteropServices;
using Dataplane.Native.Memory;

namespace Dataplane.Tests.Native.Memory;

public sealed class NativeArrayTests
{
    [Fact]
    public void An_index_at_or_beyond_the_length_is_refused()
    {
        using NativeArray<long> array = new(8);
        array[7] = 5;

        Assert.Equal(5, array[7]);
        Assert.Throws<ArgumentOutOfRangeException>(() => array[8u]);
        Assert.Throws<ArgumentOutOfRangeException>(() => array[-1]);
        Assert.Throws<ArgumentOutOfRangeException>(() => array[uint.MaxValue]);
    }

    [Fact]
    public void A_disposed_array_refuses_every_index()
    {
        NativeArray<long> array = new(8);
        array.Dispose();
        array.Dispose();

        Assert.Equal(0u, array.Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => array[0u]);
        Assert.Throws<ArgumentOutOfRangeException>(() => array.AsSpan(0, 1));
    }

    [Theory]
    [InlineData(0u, 9u)]
    [InlineData(9u, 0u)]
    [InlineData(4u, 5u)]
    [InlineData(uint.MaxValue, 2u)]
    [InlineData(2u, uint.MaxValue)]
    public void A_span_that_leaves_the_array_is_refused(uint start, uint count)
    {
        using NativeArray<byte> array = new(8);

        Assert.Throws<ArgumentOutOfRangeException>(() => array.AsSpan(start, count));
    }

    [Theory]
    [InlineData(MemoryPages.Normal)]
    [InlineData(MemoryPages.Huge)]
    public void Memory_is_zeroed_and_aligned_whatever_pages_it_lies_on(MemoryPages pages)
    {
        using NativeArray<byte> array = new(3 * 1024 * 1024 + 1, pages);

        Assert.Equal(-1, array.AsSpan().IndexOfAnyExcept((byte)0));
        Assert.Equal(0u, array.Bytes(0, 1).Address % 64);
        array[3 * 1024 * 1024] = 1;
    }

    [Fact]
    public void Prefetching_any_index_is_harmless()
    {
        using NativeArray<long> array = new(8);

        array.Prefetch(0);
        array.Prefetch(uint.MaxValue);
        Assert.Equal(0, array[0u]);
    }

    [Theory]
    [InlineData(64)]
    [InlineData(4_096)]
    [InlineData(1_048_576)]
    public void A_vector_that_begins_in_the_last_byte_still_lies_in_the_block(uint length)
    {
        using NativeArray<byte> array = new(length);

        Assert.InRange(UsableBytes(array.Bytes(0, 1).Address), length + 64, nuint.MaxValue);
    }

    [DllImport("libc", EntryPoint = "malloc_usable_size")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nuint UsableBytes(nuint block);
}
