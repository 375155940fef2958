namespace WebUi.Stores;

/// <summary>
/// The newest rows of a live list, newest first: fixed size, the oldest fall out and are counted.
/// While paused, readers keep the rows they had and are told how many wait.
/// </summary>
/// <remarks>Threads: all members lock; the feed adds while a page reads.</remarks>
public sealed class LiveRing<T>(int capacity)
{
    private readonly Lock _lock = new();
    private readonly T[] _items = new T[capacity];
    private T[]? _frozen;
    private int _next;
    private int _count;
    private long _added;
    private long _addedAtPause;

    public int Capacity => capacity;

    public bool IsPaused
    {
        get
        {
            lock (_lock)
            {
                return _frozen is not null;
            }
        }
    }

    /// <summary>Rows that came since the pause began.</summary>
    public long Waiting
    {
        get
        {
            lock (_lock)
            {
                return _frozen is null ? 0 : _added - _addedAtPause;
            }
        }
    }

    public void Add(T item)
    {
        lock (_lock)
        {
            _items[_next] = item;
            _next = (_next + 1) % capacity;
            _count = Math.Min(_count + 1, capacity);
            _added++;
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            Array.Clear(_items);
            _next = _count = 0;
            _frozen = null;
        }
    }

    public void Pause()
    {
        lock (_lock)
        {
            _frozen ??= Newest(capacity);
            _addedAtPause = _added;
        }
    }

    public void Resume()
    {
        lock (_lock)
        {
            _frozen = null;
        }
    }

    /// <summary>
    /// At most <paramref name="max"/> rows, newest first; those of the pause while there is one.
    /// </summary>
    public IReadOnlyList<T> Read(int max)
    {
        lock (_lock)
        {
            return _frozen is null ? Newest(max) : _frozen[..Math.Min(max, _frozen.Length)];
        }
    }

    private T[] Newest(int max)
    {
        var rows = new T[Math.Min(max, _count)];
        for (int i = 0; i < rows.Length; i++)
        {
            rows[i] = _items[(_next - 1 - i + (2 * capacity)) % capacity];
        }
        return rows;
    }
}
