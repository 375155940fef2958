using EndToEnd.Tests.Command;
using Microsoft.Playwright;

namespace EndToEnd.Tests.Browser;

/// <summary>The demo in a browser: a running appliance,
/// and Chromium with as many readers as a test wants.</summary>
public sealed class BrowserAppliance : IAsyncLifetime
{
    private const string Chromium = "/usr/bin/chromium";

    private RunningAppliance _appliance = default!;
    private IPlaywright _playwright = default!;
    private IBrowser _browser = default!;

    public string Origin => $"https://localhost:{_appliance.Port}";

    /// <summary>Starts with more arguments of <c>up</c>: a configuration instead of the demo.</summary>
    public static Task<BrowserAppliance> StartNewAsync(params string[] more) => StartWithAsync([], more);

    /// <summary>The same with variables of its environment, NAME=value.</summary>
    public static async Task<BrowserAppliance> StartWithAsync(string[] environment, params string[] more)
    {
        BrowserAppliance started = new();
        await started.StartAsync(environment, more);
        return started;
    }

    public ValueTask InitializeAsync() => StartAsync([], []);

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
        _appliance.Dispose();
    }

    /// <summary>A client of its REST interface, with a key of that scope.</summary>
    public HttpClient NewClient(string scope) => _appliance.NewClient(scope);

    /// <summary>A new reader, signed in by a fresh link, with nothing kept from others.</summary>
    public async Task<Reader> SignInAsync(ColorScheme colors = ColorScheme.Light)
    {
        Outcome link = _appliance.Run("link");
        Assert.True(link.ExitCode == 0, link.Errors);
        IBrowserContext context = await _browser.NewContextAsync(new BrowserNewContextOptions
        {
            IgnoreHTTPSErrors = true,
            ColorScheme = colors,
            ViewportSize = new ViewportSize { Width = 1440, Height = 900 },
        });
        return await Reader.StartAsync(context, Origin, link.LastLine);
    }

    /// <summary>Ends the web process at once, as a crash would; the launcher starts it again.</summary>
    public void KillWebUi() =>
        ApplianceCommand.RunProgram("kill", "-KILL", $"{_appliance.Processes()["web-ui"]}");

    private async ValueTask StartAsync(string[] environment, string[] more)
    {
        _appliance = RunningAppliance.StartWith(environment, more);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Chromium,
            Args = ["--no-sandbox"],
        });
    }
}
