using System.Buffers.Binary;

namespace Dataplane.Contract.Shared;

/// <summary>
/// A notice's id, computed from its record: milliseconds of arrival, node, sequence number.
/// </summary>
public static class SpoolId
{
    private const int NodeBits = 16;

    /// <summary>
    /// The upper half of an id. Pass the latest of all arrival times so far, so ids never go back.
    /// </summary>
    public static ulong High(long arrivalMs, ushort node) => ((ulong)arrivalMs << NodeBits) | node;

    public static Ulid Of(ulong idHigh, ulong sequence)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, idHigh);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], sequence);
        return new Ulid(bytes);
    }

    public static ulong SequenceOf(Ulid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes);
        return BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
    }

    public static long ArrivalMsOf(Ulid id) => (long)(HighOf(id) >> NodeBits);

    public static ushort NodeOf(Ulid id) => (ushort)HighOf(id);

    private static ulong HighOf(Ulid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes);
        return BinaryPrimitives.ReadUInt64BigEndian(bytes);
    }
}
