namespace Dataplane.Stacks.Applications;

/// <summary>Objects that are made when first needed, up to a number, and used again.</summary>
/// <remarks>One worker's.</remarks>
public sealed class ObjectPool<T>(int countMax, Func<T> make)
    where T : class
{
    private readonly Stack<T> _free = new();
    private int _made;

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
        if (_made == countMax)
        {
            RefusedCount++;
            return null;
        }
        _made++;
        return make();
    }

    /// <summary>Gives an object back, cleared.</summary>
    public void Return(T item) => _free.Push(item);
}
