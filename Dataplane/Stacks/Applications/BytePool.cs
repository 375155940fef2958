namespace Dataplane.Stacks.Applications;

/// <summary>Arrays for what parsers keep of their flows, in sizes from 256 bytes to 256 KiB, under a
/// cap.</summary>
/// <remarks>One worker's. Arrays are made when first needed and kept for good: once traffic has shown its
/// peak, nothing is allocated any more.</remarks>
public sealed class BytePool(long capBytes)
{
    /// <summary>Largest array.</summary>
    public const int ArrayBytesMax = 256 * 1024;

    private const int SmallestShift = 8;
    private const int Sizes = 6;
    private readonly Stack<byte[]>[] _free = [.. Enumerable.Range(0, Sizes).Select(_ => new Stack<byte[]>())];

    /// <summary>Bytes of all arrays made so far.</summary>
    public long MadeBytes { get; private set; }

    /// <summary>Bytes of arrays in use.</summary>
    public long UsedBytes { get; private set; }

    /// <summary>Requests that found no array.</summary>
    public ulong RefusedCount { get; private set; }

    /// <summary>An array of at least so many bytes; null at the cap or beyond
    /// <see cref="ArrayBytesMax"/>.</summary>
    public byte[]? Rent(int bytes)
    {
        int size = SizeFor(bytes);
        if (bytes > ArrayBytesMax)
        {
            RefusedCount++;
            return null;
        }
        if (!_free[size].TryPop(out byte[]? array))
        {
            int length = 1 << (SmallestShift + (2 * size));
            if (MadeBytes + length > capBytes)
            {
                RefusedCount++;
                return null;
            }
            MadeBytes += length;
            array = new byte[length];
        }
        UsedBytes += array.Length;
        return array;
    }

    /// <summary>Gives an array back.</summary>
    public void Return(byte[] array)
    {
        UsedBytes -= array.Length;
        _free[SizeFor(array.Length)].Push(array);
    }

    private static int SizeFor(int bytes)
    {
        int size = 0;
        while (size < Sizes - 1 && bytes > 1 << (SmallestShift + (2 * size)))
        {
            size++;
        }
        return size;
    }
}
