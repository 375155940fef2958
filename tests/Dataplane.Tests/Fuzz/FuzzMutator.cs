namespace Dataplane.Tests.Fuzz;

/// <summary>Makes inputs of a pool of others, by chance from a seed.</summary>
internal sealed class FuzzMutator
{
    private const int PoolMax = 512;
    private readonly List<byte[]> _pool;
    private readonly IReadOnlyList<byte[]> _words;
    private readonly byte[] _buffer;
    private ulong _state;
    private int _length;

    public FuzzMutator(FuzzTarget target, ulong seed)
    {
        (_pool, _words) = ([.. target.Seeds], target.Words);
        _buffer = new byte[target.LengthMax];
        _state = seed;
    }

    /// <summary>The next input, valid until the one after it.</summary>
    public ReadOnlySpan<byte> Next()
    {
        byte[] seed = _pool[Below(_pool.Count)];
        _length = Math.Min(seed.Length, _buffer.Length);
        seed.AsSpan(0, _length).CopyTo(_buffer);
        for (int count = 1 + Below(Below(4) == 0 ? 12 : 3); count > 0; count--)
        {
            Change();
        }

        return _buffer.AsSpan(0, _length);
    }

    /// <summary>Keeps an input to make others of; a full pool forgets one of those kept before.</summary>
    public void Keep(ReadOnlySpan<byte> input)
    {
        if (_pool.Count < PoolMax)
        {
            _pool.Add(input.ToArray());
        }
        else
        {
            _pool[PoolMax / 2 + Below(PoolMax / 2)] = input.ToArray();
        }
    }

    private void Change()
    {
        int at = Below(_length + 1);
        switch (Below(10))
        {
            case 0 when at < _length:
                _buffer[at] ^= (byte)(1 << Below(8));
                break;
            case 1 when at < _length:
                _buffer[at] = (byte)Draw();
                break;
            case 2 when at < _length:
                _buffer[at] = Edges[Below(Edges.Length)];
                break;
            case 3:
                Remove(at, Below(Below(4) == 0 ? 200 : 8));
                break;
            case 4:
                Insert(at, Piece(_buffer.AsSpan(0, _length)));
                break;
            case 5 or 6 when _words.Count > 0:
                Insert(at, _words[Below(_words.Count)]);
                break;
            case 7:
                Insert(at, Piece(_pool[Below(_pool.Count)]));
                break;
            case 8:
                Number(at);
                break;
            case 9:
                Insert(at, [(byte)Draw()]);
                break;
            default:
                _length = Below(8) == 0 ? at : _length;
                break;
        }
    }

    private static ReadOnlySpan<byte> Edges =>
        [0, 1, 2, 4, 8, 15, 16, 31, 32, 63, 64, 0x7F, 0x80, 0xC0, 0xFE, 0xFF, (byte)'0', (byte)'9', (byte)'"',
            (byte)';', (byte)'(', (byte)')', (byte)'|', (byte)',', (byte)':', (byte)'\\'];

    private byte[] Piece(ReadOnlySpan<byte> bytes)
    {
        int from = Below(bytes.Length + 1);
        int most = Math.Min(bytes.Length - from, Below(8) == 0 ? 512 : 24);
        return bytes.Slice(from, Below(most + 1)).ToArray();
    }

    // Two or four bytes become a number that is often a limit.
    private void Number(int at)
    {
        int bytes = 2 << Below(2);
        ulong value = Below(3) switch
        {
            0 => (ulong)Below(_buffer.Length),
            1 => (ulong)(1L << Below(32)) - (ulong)Below(2),
            _ => Draw(),
        };
        bool isBig = Below(2) == 0;
        for (int i = 0; i < bytes && at + i < _length; i++)
        {
            int place = isBig ? bytes - 1 - i : i;
            _buffer[at + i] = (byte)(value >> (8 * place));
        }
    }

    private void Remove(int at, int count)
    {
        count = Math.Min(count, _length - at);
        _buffer.AsSpan(at + count, _length - at - count).CopyTo(_buffer.AsSpan(at));
        _length -= count;
    }

    private void Insert(int at, ReadOnlySpan<byte> bytes)
    {
        int count = Math.Min(bytes.Length, _buffer.Length - _length);
        _buffer.AsSpan(at, _length - at).CopyTo(_buffer.AsSpan(at + count));
        bytes[..count].CopyTo(_buffer.AsSpan(at));
        _length += count;
    }

    private int Below(int bound) => bound <= 1 ? 0 : (int)(Draw() % (ulong)bound);

    // SplitMix64 (Steele, Lea, Flood 2014).
    private ulong Draw()
    {
        ulong z = _state += 0x9E37_79B9_7F4A_7C15;
        z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9;
        z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
        return z ^ (z >> 31);
    }
}
