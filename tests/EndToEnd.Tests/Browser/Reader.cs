using Microsoft.Playwright;

namespace EndToEnd.Tests.Browser;

/// <summary>One person's browser window, and what it complained about.</summary>
public sealed class Reader : IAsyncDisposable
{
    /// <summary>Generous: the machine runs the appliance, the browser and the tests on two cores.</summary>
    private const float WaitMs = 60_000;

    private readonly IBrowserContext _context;
    private readonly string _origin;
    private readonly List<string> _complaints = [];

    private Reader(IBrowserContext context, IPage page, string origin) =>
        (_context, Page, _origin) = (context, page, origin);

    public IPage Page { get; }

    /// <summary>Violations of the script policy, script errors, and requests to another origin.</summary>
    public IReadOnlyList<string> Complaints => _complaints;

    public static async Task<Reader> StartAsync(IBrowserContext context, string origin, string link)
    {
        context.SetDefaultTimeout(WaitMs);
        Assertions.SetDefaultExpectTimeout(WaitMs);
        var reader = new Reader(context, await context.NewPageAsync(), origin);
        reader.Listen();
        await reader.Page.GotoAsync(link);
        await reader.WaitUntilLiveAsync();
        return reader;
    }

    public async Task GoAsync(string path)
    {
        await Page.GotoAsync(_origin + path);
        await WaitUntilLiveAsync();
    }

    /// <summary>The page listens to clicks, and the appliance tells it things.</summary>
    public async Task WaitUntilLiveAsync()
    {
        await Assertions.Expect(Page.Locator("html[data-started='true']")).ToBeAttachedAsync();
        await Assertions.Expect(Page.Locator(".pill").GetByText("Live")).ToBeVisibleAsync();
        await Assertions.Expect(Page.Locator("h1")).ToBeVisibleAsync();
    }

    public ValueTask DisposeAsync() => _context.DisposeAsync();

    private void Listen()
    {
        Page.PageError += (_, error) => _complaints.Add(error);
        Page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                _complaints.Add(message.Text);
            }
        };
        Page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(_origin + "/", StringComparison.Ordinal)
                && !request.Url.StartsWith("data:", StringComparison.Ordinal))
            {
                _complaints.Add("request to " + request.Url);
            }
        };
    }
}
