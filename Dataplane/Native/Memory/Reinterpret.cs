using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Dataplane.Native.Memory;

/// <summary>Views one unmanaged value as another, or as its bytes, without copying.</summary>
/// <remarks>
/// Threads: none of its own. Lifetime: the view lives as long as the value it was made from.
/// </remarks>
public static class Reinterpret
{
    /// <summary>The same storage, read as <typeparamref name="TTo"/>, which must not be larger.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ref TTo As<TFrom, TTo>(ref TFrom value)
        where TFrom : unmanaged
        where TTo : unmanaged
    {
        // Both sizes are constants to the compiler, so in release builds nothing is left of this test.
        if (Unsafe.SizeOf<TTo>() > Unsafe.SizeOf<TFrom>())
        {
            throw new ArgumentException($"{typeof(TTo).Name} does not fit in {typeof(TFrom).Name}.");
        }

        // SAFETY: both are unmanaged, and the target ends inside the source.
        return ref Unsafe.As<TFrom, TTo>(ref value);
    }

    /// <summary>The same storage for reading only.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ref readonly TTo AsReadOnly<TFrom, TTo>(ref readonly TFrom value)
        where TFrom : unmanaged
        where TTo : unmanaged =>
        ref As<TFrom, TTo>(ref Unsafe.AsRef(in value));

    /// <summary>Puts a value at the start of a storage that is not smaller; the rest becomes zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fill<TTo, TFrom>(ref TTo storage, ref readonly TFrom value)
        where TTo : unmanaged
        where TFrom : unmanaged
    {
        if (Unsafe.SizeOf<TFrom>() < Unsafe.SizeOf<TTo>())
        {
            storage = default;
        }

        As<TTo, TFrom>(ref storage) = value;
    }

    /// <summary>The bytes of a value, in the machine's byte order.</summary>
    public static ReadOnlySpan<byte> BytesOf<T>(ref readonly T value)
        where T : unmanaged =>
        MemoryMarshal.AsBytes(MemoryMarshal.CreateReadOnlySpan(in value, 1));

    /// <summary>Reads a value from bytes that hold at least its size.</summary>
    public static T Read<T>(ReadOnlySpan<byte> bytes)
        where T : unmanaged =>
        MemoryMarshal.Read<T>(bytes);

    /// <summary>Bytes of a value as it lies in memory.</summary>
    public static int SizeOf<T>()
        where T : unmanaged => Unsafe.SizeOf<T>();
}
