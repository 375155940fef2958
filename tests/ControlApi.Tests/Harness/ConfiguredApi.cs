namespace ControlApi.Tests.Harness;

/// <summary>A test of a ControlApi that stands beside a dataplane and runs <see cref="Documents.Listen"/> as
/// revision 1.</summary>
public abstract class ConfiguredApi(string scopes) : IAsyncLifetime
{
    private readonly TestFolder _folder = new();

    protected string RunFolder => _folder.Run;

    protected FakeDataplane Dataplane { get; private set; } = null!;

    protected RunningApi Api { get; private set; } = null!;

    /// <summary>Calls with a key of the scopes given.</summary>
    protected HttpClient Http { get; private set; } = null!;

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Dataplane = await FakeDataplane.StartAsync(_folder.Run);
        Api = await RunningApi.StartAsync(_folder, Documents.Listen);
        Http = await Api.ClientAsync(scopes);
        await Api.ReadyAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Api.DisposeAsync();
        await Dataplane.DisposeAsync();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    protected Task<HttpResponseMessage> PostAsync(string path, string json) =>
        Http.PostAsync(path, RunningApi.Json(json), Cancellation);
}
