using Microsoft.JSInterop;

namespace WebUi.Stores;

/// <summary>The colours of this browser: kept there, followed when the system changes them.</summary>
public sealed class ThemeStore(IJSRuntime js) : Store, IAsyncDisposable
{
    private sealed record Seen(string Choice, bool Dark);

    private DotNetObjectReference<ThemeStore>? _self;

    public ThemeChoice Choice { get; private set; }

    public bool IsDark { get; private set; }

    public async Task LearnAsync(CancellationToken cancel)
    {
        Seen seen = await js.InvokeAsync<Seen>("appliance.theme", cancel);
        Choice = Enum.TryParse(seen.Choice, ignoreCase: true, out ThemeChoice choice)
            ? choice
            : ThemeChoice.System;
        IsDark = seen.Dark;
        _self = DotNetObjectReference.Create(this);
        await js.InvokeVoidAsync("appliance.watchTheme", cancel, _self);
        Say();
    }

    public async Task ChooseAsync(ThemeChoice choice, CancellationToken cancel)
    {
        Choice = choice;
        await js.InvokeVoidAsync("appliance.chooseTheme", cancel, choice.ToString().ToLowerInvariant());
    }

    /// <summary>The browser's colours changed, by choice or with the system.</summary>
    [JSInvokable]
    public void ThemeChanged(bool dark)
    {
        IsDark = dark;
        Say();
    }

    public async ValueTask DisposeAsync()
    {
        if (_self is null)
        {
            return;
        }
        try
        {
            await js.InvokeVoidAsync("appliance.forgetTheme", _self);
        }
        catch (JSDisconnectedException)
        {
            // The browser left, and its listeners with it.
        }
        _self.Dispose();
    }
}
