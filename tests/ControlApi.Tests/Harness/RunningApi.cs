using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using ControlApi.Configuration;
using ControlApi.Security;
using Dataplane.Contract.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Persistence;
using Persistence.Stores;

namespace ControlApi.Tests.Harness;

/// <summary>ControlApi as it runs, on a free port, with its own folders.</summary>
public sealed class RunningApi : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly DataLock _lock;

    private RunningApi(WebApplication app, DataLock held, TestFolder folder)
    {
        _app = app;
        _lock = held;
        Folder = folder;
        Address = new Uri(app.Urls.First());
        Http = new HttpClient { BaseAddress = Address };
    }

    public TestFolder Folder { get; }

    public Uri Address { get; }

    /// <summary>Without credentials.</summary>
    public HttpClient Http { get; }

    public IServiceProvider Services => _app.Services;

    public static async Task<RunningApi> StartAsync(TestFolder folder, ConfigurationDocument? startup = null)
    {
        var options = new ControlApiOptions { DataFolder = folder.Data, RunFolder = folder.Run, Port = 0 };
        DataLock held =
            DataLock.TryTake(folder.Data) ?? throw new InvalidOperationException("The folder is in use.");
        ControlApiProcess.MakeSchemas(new DataFolder(folder.Data), held);
        WebApplication app = ControlApiHost.Build(options, held, TimeProvider.System);
        CommitOrder? order = startup is null ? null : new CommitOrder
        {
            Kind = "start",
            Document = startup,
            BaseDirectory = folder.Data,
            RuleFileSource = RuleFileSource.Anywhere,
            Author = "appliance",
            Note = "First.",
        };
        await ControlApiProcess.StartAsync(app, order, TestContext.Current.CancellationToken);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new RunningApi(app, held, folder);
    }

    /// <summary>A client with a key of these scopes, made as the machine's owner makes it.</summary>
    public async Task<HttpClient> ClientAsync(string scopes)
    {
        var client = new HttpClient { BaseAddress = Address };
        client.DefaultRequestHeaders.Authorization =
            new AuthenticationHeaderValue("Bearer", await KeyAsync(scopes));
        return client;
    }

    public async Task<string> KeyAsync(string scopes)
    {
        using var output = new StringWriter();
        int status = await AdminCommand.RunAsync(
            ["key-create", "--data", Folder.Data, "--name", "test", "--scope", scopes], output,
                TextWriter.Null,
            TestContext.Current.CancellationToken);
        Assert.Equal(0, status);
        return output.ToString().TrimEnd().Split('\n')[^1];
    }

    public async Task<string> LinkTokenAsync()
    {
        using var output = new StringWriter();
        Assert.Equal(0, await AdminCommand.RunAsync(
            ["link", "--data", Folder.Data], output, TextWriter.Null, TestContext.Current.CancellationToken));
        return output.ToString().TrimEnd().Split("token=")[^1];
    }

    /// <summary>
    /// Waits until a request answers what is expected; the test's time limit ends it otherwise.
    /// </summary>
    public static async Task<T> UntilAsync<T>(Func<Task<T?>> look)
        where T : class
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(TimeSpan.FromSeconds(30));
        while (true)
        {
            if (await look() is { } found)
            {
                return found;
            }
            await Task.Delay(20, deadline.Token);
        }
    }

    public Task ReadyAsync() => UntilAsync<object>(async () =>
        (await Http.GetAsync("/healthz/ready", TestContext.Current.CancellationToken)).IsSuccessStatusCode
            ? new object() : null);

    public static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    public static async Task<JsonElement> BodyAsync(HttpResponseMessage response, HttpStatusCode expected)
    {
        string text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.StatusCode == expected, $"{(int)response.StatusCode}: {text}");
        return JsonDocument.Parse(text).RootElement;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        _lock.Dispose();
        SqliteConnection.ClearAllPools();
    }
}
