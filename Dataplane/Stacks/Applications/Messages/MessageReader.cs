using System.Buffers.Binary;

namespace Dataplane.Stacks.Applications;

/// <summary>Takes numbers and texts off the front of a message; once something is missing it stays
/// failed.</summary>
internal ref struct MessageReader(ReadOnlySpan<byte> bytes)
{
    /// <summary>What has not been taken.</summary>
    public ReadOnlySpan<byte> Rest { get; private set; } = bytes;

    /// <summary>True when more was asked for than there was.</summary>
    public bool HasFailed { get; private set; }

    public byte Byte()
    {
        ReadOnlySpan<byte> taken = Bytes(1);
        return taken.IsEmpty ? (byte)0 : taken[0];
    }

    public ushort UInt16()
    {
        ReadOnlySpan<byte> taken = Bytes(2);
        return taken.IsEmpty ? (ushort)0 : BinaryPrimitives.ReadUInt16BigEndian(taken);
    }

    public uint UInt32()
    {
        ReadOnlySpan<byte> taken = Bytes(4);
        return taken.IsEmpty ? 0 : BinaryPrimitives.ReadUInt32BigEndian(taken);
    }

    /// <summary>So many bytes; empty when there are fewer.</summary>
    public ReadOnlySpan<byte> Bytes(int count)
    {
        if (HasFailed || count < 0 || count > Rest.Length)
        {
            HasFailed = true;
            Rest = default;
            return default;
        }
        ReadOnlySpan<byte> taken = Rest[..count];
        Rest = Rest[count..];
        return taken;
    }

    /// <summary>A text behind its length in two bytes.</summary>
    public ReadOnlySpan<byte> Text() => Bytes(UInt16());

    /// <summary>A number in groups of seven bits, lowest first, at most four (MQTT).</summary>
    public int Variable()
    {
        int value = 0;
        for (int shift = 0; shift < 28; shift += 7)
        {
            byte one = Byte();
            value |= (one & 0x7F) << shift;
            if ((one & 0x80) == 0)
            {
                return value;
            }
        }
        HasFailed = true;
        return 0;
    }
}
