namespace Dataplane.Stacks.Applications;

/// <summary>Reads the header blocks of one direction (HPACK, RFC 7541), with the table that they build
/// up.</summary>
internal sealed class Hpack(ApplicationStack stack)
{
    private const int EntryOverhead = 32;
    private const int SizeByDefault = 4_096;

    /// <summary>The largest table that is kept; a peer that asks for more may become unreadable.</summary>
    private const int SizeMax = 64 * 1024;

    private const int IntegerMax = 1 << 28;
    private readonly GrowingBytes _bytes = new(stack.Bytes, SizeMax + (8 * 1024));
    private readonly List<(int Name, int Value)> _entries = [];
    private int _size;
    private int _limit = SizeByDefault;

    /// <summary>As at a connection's beginning.</summary>
    public void Clear()
    {
        _bytes.Clear();
        _entries.Clear();
        (_size, _limit) = (0, SizeByDefault);
    }

    /// <summary>Takes the next header off a block; false when it cannot be read.</summary>
    /// <param name="block">What is left of the block.</param>
    /// <param name="name">Takes the name; empty when it was no header but a change of the table's
    /// size.</param>
    /// <param name="value">Takes the value.</param>
    public bool TryRead(ref ReadOnlySpan<byte> block, GrowingBytes name, GrowingBytes value)
    {
        name.Clear();
        value.Clear();
        byte first = block[0];
        if ((first & 0x80) != 0)
        {
            return TryReadInteger(ref block, 7, out int whole) && TryGet(whole, name, value);
        }
        if ((first & 0xE0) == 0x20)
        {
            bool isSize = TryReadInteger(ref block, 5, out int size);
            _limit = Math.Min(size, SizeMax);
            Shrink();
            return isSize;
        }
        bool isKept = (first & 0x40) != 0;
        if (!TryReadInteger(ref block, isKept ? 6 : 4, out int index)
            || !(index == 0 ? TryReadText(ref block, name) : TryGet(index, name, null))
            || !TryReadText(ref block, value))
        {
            return false;
        }
        if (isKept)
        {
            Add(name.Span, value.Span);
        }
        return true;
    }

    private bool TryGet(int index, GrowingBytes name, GrowingBytes? value)
    {
        if (index is 0 || index > HpackTable.Count + _entries.Count)
        {
            return false;
        }
        if (index <= HpackTable.Count)
        {
            (byte[] knownName, byte[] knownValue) = HpackTable.At(index);
            name.Append(knownName);
            value?.Append(knownValue);
            return true;
        }
        int place = _entries.Count - (index - HpackTable.Count);
        int at = 0;
        for (int i = 0; i < place; i++)
        {
            at += _entries[i].Name + _entries[i].Value;
        }
        (int nameBytes, int valueBytes) = _entries[place];
        name.Append(_bytes.Span.Slice(at, nameBytes));
        value?.Append(_bytes.Span.Slice(at + nameBytes, valueBytes));
        return true;
    }

    private void Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        int size = name.Length + value.Length + EntryOverhead;
        if (size > _limit)
        {
            _bytes.Clear();
            _entries.Clear();
            _size = 0;
            return;
        }
        _size += size;
        _entries.Add((name.Length, value.Length));
        Shrink();
        _bytes.Append(name);
        _bytes.Append(value);
    }

    /// <summary>The oldest go; the newest, whose bytes may not be there yet, fits.</summary>
    private void Shrink()
    {
        int gone = 0;
        int bytes = 0;
        while (_size > _limit && gone < _entries.Count)
        {
            (int name, int value) = _entries[gone++];
            bytes += name + value;
            _size -= name + value + EntryOverhead;
        }
        _entries.RemoveRange(0, gone);
        _bytes.RemoveFirst(bytes);
    }

    private static bool TryReadText(ref ReadOnlySpan<byte> block, GrowingBytes text)
    {
        bool isCoded = !block.IsEmpty && (block[0] & 0x80) != 0;
        if (!TryReadInteger(ref block, 7, out int length) || length > block.Length)
        {
            return false;
        }
        ReadOnlySpan<byte> bytes = block[..length];
        block = block[length..];
        return isCoded ? HpackHuffman.TryDecode(bytes, text) : text.Append(bytes);
    }

    private static bool TryReadInteger(ref ReadOnlySpan<byte> block, int bits, out int value)
    {
        value = 0;
        if (block.IsEmpty)
        {
            return false;
        }
        int most = (1 << bits) - 1;
        value = block[0] & most;
        block = block[1..];
        if (value < most)
        {
            return true;
        }
        for (int shift = 0; shift < 28 && !block.IsEmpty; shift += 7)
        {
            byte one = block[0];
            block = block[1..];
            value += (one & 0x7F) << shift;
            if ((one & 0x80) == 0)
            {
                return value is >= 0 and < IntegerMax;
            }
        }
        return false;
    }
}
