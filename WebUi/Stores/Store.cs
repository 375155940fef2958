namespace WebUi.Stores;

/// <summary>State of one circuit that pages read; it says when it changed.</summary>
/// <remarks>
/// Threads: <see cref="Changed"/> may come from any thread; pages go through their own dispatcher.
/// </remarks>
public abstract class Store
{
    public event Action? Changed;

    protected void Say() => Changed?.Invoke();
}
