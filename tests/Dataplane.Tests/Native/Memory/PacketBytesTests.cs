using System.Buffers.Binary;
using CsCheck;
using Dataplane.Native.Memory;

namespace Dataplane.Tests.Native.Memory;

public sealed class PacketBytesTests
{
    [Fact]
    public void Reads_agree_with_the_framework_at_every_alignment()
    {
        Gen.Byte.Array[256].Sample(bytes =>
        {
            using NativeArray<byte> memory = new(256);
            bytes.CopyTo(memory.AsSpan());
            PacketBytes view = memory.Bytes(0, 256);
            for (int offset = 0; offset <= 248; offset++)
            {
                Assert.Equal(bytes[offset], view[offset]);
                ReadOnlySpan<byte> rest = bytes.AsSpan(offset);
                Assert.Equal(BinaryPrimitives.ReadUInt16BigEndian(rest), view.ReadUInt16(offset));
                Assert.Equal(BinaryPrimitives.ReadUInt32BigEndian(rest), view.ReadUInt32(offset));
                Assert.Equal(BinaryPrimitives.ReadUInt64BigEndian(rest), view.ReadUInt64(offset));
            }
        }, iter: 20);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(5)]
    [InlineData(8)]
    [InlineData(int.MaxValue)]
    [InlineData(int.MinValue)]
    public void A_read_that_leaves_the_packet_is_refused(int offset)
    {
        using NativeArray<byte> memory = new(16);
        PacketBytes view = memory.Bytes(0, 8);

        Assert.Throws<ArgumentOutOfRangeException>(() => view.ReadUInt32(offset));
        Assert.Throws<ArgumentOutOfRangeException>(() => view.WriteUInt32(offset, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => view.ReadUInt64(offset));
    }

    [Fact]
    public void A_slice_stays_inside_its_parent()
    {
        using NativeArray<byte> memory = new(16);
        PacketBytes view = memory.Bytes(4, 8);

        Assert.Equal(view.Address + 2, view.Slice(2, 6).Address);
        Assert.Equal(0, view.Slice(8).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => view.Slice(9));
        Assert.Throws<ArgumentOutOfRangeException>(() => view.Slice(2, 7));
        Assert.Throws<ArgumentOutOfRangeException>(() => view.Slice(2, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => view.Slice(-1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => memory.Bytes(9, 8));
    }
}
