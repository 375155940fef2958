using System.Runtime.CompilerServices;

namespace Dataplane.Packets;

/// <summary>Arithmetic modulo 2^32 (RFC 9293, 3.4): "less" means less than half a circle behind.</summary>
public static class SequenceNumber
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsBefore(uint left, uint right) => unchecked((int)(left - right)) < 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsAfter(uint left, uint right) => unchecked((int)(right - left)) < 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsAtOrBefore(uint left, uint right) => unchecked((int)(left - right)) <= 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsAtOrAfter(uint left, uint right) => unchecked((int)(right - left)) <= 0;

    /// <summary>How far <paramref name="to"/> is ahead of <paramref name="from"/>;
    /// negative when behind.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Distance(uint from, uint to) => unchecked((int)(to - from));

    /// <summary>True inside [start, start + length).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsWithin(uint value, uint start, uint length) => unchecked(value - start) < length;
}
