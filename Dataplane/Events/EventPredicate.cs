using System.Buffers.Binary;
using Dataplane.Native.Memory;

namespace Dataplane.Events;

/// <summary>A condition on an event's own fields and its header, compiled from text once.</summary>
/// <remarks>Immutable, shared by workers; trying it allocates nothing.</remarks>
public abstract class EventPredicate
{
    /// <summary>Compiles a predicate for one event type.</summary>
    /// <param name="text">Such as <c>length > 1000 and side = client</c>.</param>
    /// <param name="type">Number of the type whose fields it may name.</param>
    /// <param name="predicate">The compiled predicate; null when the text is wrong.</param>
    /// <param name="fault">What is wrong and where; null when nothing is.</param>
    public static bool TryParse(
        string text, ushort type, out EventPredicate? predicate, out string? fault) =>
        EventPredicateParser.TryParse(text, type, out predicate, out fault);

    /// <summary>True of an event whose header flags and body are filled in.</summary>
    public abstract bool Holds(ref readonly EventRecord candidate);

    /// <summary>Both must hold; null stands for a condition that always does.</summary>
    public static EventPredicate? Both(EventPredicate? first, EventPredicate? second) =>
        first is null ? second : second is null ? first : new And(first, second);

    internal sealed class Not(EventPredicate inner) : EventPredicate
    {
        public override bool Holds(ref readonly EventRecord candidate) => !inner.Holds(in candidate);
    }

    internal sealed class And(EventPredicate left, EventPredicate right) : EventPredicate
    {
        public override bool Holds(ref readonly EventRecord candidate) =>
            left.Holds(in candidate) && right.Holds(in candidate);
    }

    internal sealed class Or(EventPredicate left, EventPredicate right) : EventPredicate
    {
        public override bool Holds(ref readonly EventRecord candidate) =>
            left.Holds(in candidate) || right.Holds(in candidate);
    }

    /// <summary>The field lies in one of some ranges, inclusive.</summary>
    internal sealed class InRanges(EventFieldPlace field, (ulong From, ulong To)[] ranges) : EventPredicate
    {
        public override bool Holds(ref readonly EventRecord candidate)
        {
            ulong value = field.Read(in candidate);
            foreach ((ulong from, ulong to) in ranges)
            {
                if (value >= from && value <= to)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>The field has a bit of the mask.</summary>
    internal sealed class HasBits(EventFieldPlace field, ulong mask) : EventPredicate
    {
        public override bool Holds(ref readonly EventRecord candidate) =>
            (field.Read(in candidate) & mask) != 0;
    }
}

/// <summary>Where a predicate finds a number: in the body, or in the header's flags.</summary>
/// <param name="Offset">Bytes from the body's start; in the header: bits to shift the flags by.</param>
/// <param name="Width">Bytes, 1 to 8; in the header: the mask of the shifted flags.</param>
/// <param name="IsHeader">True for the header's flags.</param>
/// <param name="IsSigned">Read so that unsigned comparison orders signed numbers.</param>
internal readonly record struct EventFieldPlace(int Offset, int Width, bool IsHeader, bool IsSigned)
{
    /// <summary>Turns the order of signed numbers into that of unsigned ones.</summary>
    private const ulong SignBit = 1UL << 63;

    public ulong Read(ref readonly EventRecord candidate)
    {
        if (IsHeader)
        {
            return ((ulong)candidate.Flags >> Offset) & (ulong)Width;
        }

        ReadOnlySpan<byte> bytes = Reinterpret.BytesOf(in candidate.Body)[Offset..];
        ulong value = Width switch
        {
            1 => bytes[0],
            2 => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
            4 => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
            _ => BinaryPrimitives.ReadUInt64LittleEndian(bytes),
        };
        return IsSigned ? Ordered((long)(value << (64 - (Width * 8))) >> (64 - (Width * 8))) : value;
    }

    /// <summary>A signed number as what <see cref="Read"/> answers for it.</summary>
    public static ulong Ordered(long value) => (ulong)value ^ SignBit;
}
