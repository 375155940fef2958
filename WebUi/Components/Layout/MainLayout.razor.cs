using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using MudBlazor;
using WebUi.Client;
using WebUi.Stores;

namespace WebUi.Components.Layout;

/// <summary>The shell around every live page: bar, navigation, connection state in words.</summary>
public sealed partial class MainLayout(
    NavigationManager navigation, ThemeStore theme, ReaderClock clock, LiveFeed feed)
{
    private readonly MudTheme _theme = ApplianceTheme.Create();
    private ErrorBoundary? _boundary;
    private bool _menuOpen = true;

    [Parameter]
    public RenderFragment? Body { get; set; }

    private ThemeStore Theme => theme;

    private string SkipTarget => navigation.Uri.Split('#')[0] + "#content";

    protected override void OnInitialized() => Watch(theme, clock);

    protected override void OnParametersSet() => _boundary?.Recover();

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            await theme.LearnAsync(Gone);
            await clock.LearnAsync(Gone);
            await feed.StartAsync(Gone);
        }
    }

    private void ToggleMenu() => _menuOpen = !_menuOpen;

    private void Recover() => _boundary?.Recover();
}
