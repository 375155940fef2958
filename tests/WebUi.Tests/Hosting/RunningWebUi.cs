using System.Net;
using Microsoft.AspNetCore.Builder;
using WebUi.Hosting;

namespace WebUi.Tests.Hosting;

/// <summary>
/// The real web process in this one, with a data folder of its own, asking a given ControlApi.
/// </summary>
public sealed class RunningWebUi : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly string _data;

    private RunningWebUi(WebApplication app, string data, HttpClient client) =>
        (_app, _data, Client) = (app, data, client);

    /// <summary>Follows no redirects and keeps no cookies.</summary>
    public HttpClient Client { get; }

    public static async Task<RunningWebUi> StartAsync(Uri api)
    {
        string data = Directory.CreateTempSubdirectory("webui-").FullName;
        WebApplication app = WebUiHost.Build(new WebUiOptions
        {
            DataFolder = data, RunFolder = data, Api = api, Port = 0, Listen = [IPAddress.Loopback],
        });
        await app.StartAsync();
        var handler = new HttpClientHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            ServerCertificateCustomValidationCallback = (_, _, _, _) => true,
        };
        var client = new HttpClient(handler) { BaseAddress = new Uri(app.Urls.First()) };
        return new RunningWebUi(app, data, client);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }
}
