using Microsoft.AspNetCore.Components;
using WebUi.Stores;

namespace WebUi.Components.Controls;

/// <summary>
/// A component that reads stores and is drawn again, at most four times a second, when one changes.
/// </summary>
public abstract class LiveComponent : ComponentBase, IDisposable
{
    private readonly CancellationTokenSource _gone;
    private readonly List<Store> _watched = [];
    private RedrawPace? _pace;

    protected LiveComponent()
    {
        _gone = new CancellationTokenSource();
        Gone = _gone.Token;
    }

    [Inject]
    protected TimeProvider Time { get; set; } = default!;

    /// <summary>Ends when the reader leaves the page.</summary>
    protected CancellationToken Gone { get; }

    protected void Watch(params ReadOnlySpan<Store> stores)
    {
        _pace ??= new RedrawPace(() => _ = InvokeAsync(Redraw), Time);
        foreach (Store store in stores)
        {
            store.Changed += _pace.Request;
            _watched.Add(store);
        }
    }

    /// <summary>Runs before each redraw that a store caused.</summary>
    protected virtual void Refresh()
    {
    }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        foreach (Store store in _watched)
        {
            store.Changed -= _pace!.Request;
        }
        _pace?.Dispose();
        _gone.Cancel();
        _gone.Dispose();
    }

    private void Redraw()
    {
        if (!Gone.IsCancellationRequested)
        {
            Refresh();
            StateHasChanged();
        }
    }
}
