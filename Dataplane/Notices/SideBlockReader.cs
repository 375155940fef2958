using System.Buffers.Binary;
using Dataplane.Native.Memory;

namespace Dataplane.Notices;

/// <summary>Reads the fields of a side block in their declared order;
/// what was cut off reads as 0 or empty.</summary>
internal ref struct SideBlockReader(ReadOnlySpan<byte> block)
{
    private ReadOnlySpan<byte> _rest = block;

    public uint ReadUInt32() => Take(sizeof(uint)) is { Length: sizeof(uint) } bytes
        ? Reinterpret.Read<uint>(bytes)
        : 0;

    public ulong ReadUInt64() => Take(sizeof(ulong)) is { Length: sizeof(ulong) } bytes
        ? Reinterpret.Read<ulong>(bytes)
        : 0;

    public ReadOnlySpan<byte> ReadText() => Take(sizeof(ushort)) is { Length: sizeof(ushort) } bytes
        ? Take(BinaryPrimitives.ReadUInt16LittleEndian(bytes))
        : default;

    private ReadOnlySpan<byte> Take(int count)
    {
        count = Math.Min(count, _rest.Length);
        ReadOnlySpan<byte> taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}
