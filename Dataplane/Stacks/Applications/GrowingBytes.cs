namespace Dataplane.Stacks.Applications;

/// <summary>Bytes that grow at their end, in an array of a <see cref="BytePool"/>, up to a limit.</summary>
public sealed class GrowingBytes(BytePool pool, int lengthMax)
{
    private byte[]? _array;

    /// <summary>How many bytes there are.</summary>
    public int Length { get; private set; }

    /// <summary>True when bytes did not fit below the limit, or the pool had none left.</summary>
    public bool IsCut { get; private set; }

    /// <summary>The bytes; valid until the next change.</summary>
    public ReadOnlySpan<byte> Span => _array.AsSpan(0, Length);

    /// <summary>The bytes, to be changed in place.</summary>
    public Span<byte> Writable => _array.AsSpan(0, Length);

    /// <summary>Appends what fits; false when some did not.</summary>
    public bool Append(ReadOnlySpan<byte> bytes)
    {
        int room = lengthMax - Length;
        if (bytes.Length > room)
        {
            IsCut = true;
            bytes = bytes[..room];
        }
        if (!bytes.IsEmpty)
        {
            if (!HasRoom(bytes.Length))
            {
                IsCut = true;
                return false;
            }
            bytes.CopyTo(_array.AsSpan(Length));
            Length += bytes.Length;
        }
        return !IsCut;
    }

    /// <summary>Appends one byte.</summary>
    public bool Append(byte value) => Append([value]);

    /// <summary>Takes the first bytes away.</summary>
    public void RemoveFirst(int count)
    {
        if (count >= Length)
        {
            Clear();
        }
        else if (count > 0)
        {
            _array.AsSpan(count, Length - count).CopyTo(_array);
            Length -= count;
        }
    }

    /// <summary>Keeps the first bytes only.</summary>
    public void Truncate(int length) => Length = Math.Min(Length, length);

    /// <summary>Empty again; the array goes back to the pool.</summary>
    public void Clear()
    {
        if (_array is not null)
        {
            pool.Return(_array);
            _array = null;
        }
        Length = 0;
        IsCut = false;
    }

    private bool HasRoom(int more)
    {
        int needed = Length + more;
        if (_array is not null && _array.Length >= needed)
        {
            return true;
        }
        byte[]? larger = pool.Rent(needed);
        if (larger is null)
        {
            return false;
        }
        if (_array is not null)
        {
            _array.AsSpan(0, Length).CopyTo(larger);
            pool.Return(_array);
        }
        _array = larger;
        return true;
    }
}
