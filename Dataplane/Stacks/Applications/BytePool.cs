namespace Dataplane.Stacks.Applications;

/// <summary>Arrays for what parsers keep of their flows, in sizes from 256 bytes to 256 KiB, under a
/// cap.</summary>
/// <remarks>One worker's. A stock of arrays is made at once, more when first needed; all are
/// kept.</remarks>
public sealed class BytePool
{
    /// <summary>Largest array.</summary>
    public const int ArrayBytesMax = 256 * 1024;

    private const int SmallestShift = 8;
    private const int Sizes = 6;
    private const int StockPerFlow = 8;
    private readonly Stack<byte[]>[] _free;
    private readonly long _capBytes;

    /// <summary>A pool with arrays for so many flows made at once: fewer the larger they are.</summary>
    public BytePool(long capBytes, int stock = 0)
    {
        _capBytes = capBytes;
        int count = stock * StockPerFlow;
        _free = new Stack<byte[]>[Sizes];
        for (int size = 0; size < Sizes; size++, count /= 4)
        {
            _free[size] = new Stack<byte[]>(Math.Max(count * 2, 4));
            int length = 1 << (SmallestShift + (2 * size));
            for (int i = 0; i < count && MadeBytes + length <= capBytes; i++)
            {
                MadeBytes += length;
                _free[size].Push(new byte[length]);
            }
        }
    }

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
            if (MadeBytes + length > _capBytes)
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
