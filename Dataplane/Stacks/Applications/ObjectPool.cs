namespace Dataplane.Stacks.Applications;

/// <summary>Objects that are used again: some made at once, more when first needed, up to a
/// number.</summary>
/// <remarks>One worker's.</remarks>
public sealed class ObjectPool<T>
    where T : class
{
    private readonly Stack<T> _free;
    private readonly Func<T> _make;
    private readonly int _countMax;
    private int _made;

    public ObjectPool(int countMax, int stock, Func<T> make)
    {
        (_countMax, _make) = (countMax, make);
        _made = Math.Min(stock, countMax);
        _free = new Stack<T>(_made * 2);
        for (int i = 0; i < _made; i++)
        {
            _free.Push(make());
        }
    }

    /// <summary>Objects in use.</summary>
    public int UsedCount => _made - _free.Count;

    /// <summary>Requests that found none.</summary>
    public ulong RefusedCount { get; private set; }

    /// <summary>An object; null when all are in use.</summary>
    public T? Rent()
    {
        if (_free.TryPop(out T? free))
        {
            return free;
        }
        if (_made == _countMax)
        {
            RefusedCount++;
            return null;
        }
        _made++;
        return _make();
    }

    /// <summary>Gives an object back, cleared.</summary>
    public void Return(T item) => _free.Push(item);
}
