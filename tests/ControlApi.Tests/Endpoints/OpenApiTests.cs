using System.Net;
using System.Text.Json;
using ControlApi.Tests.Harness;

namespace ControlApi.Tests.Endpoints;

public sealed class OpenApiTests : IAsyncLifetime
{
    private readonly TestFolder _folder = new();
    private RunningApi _api = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _api = await RunningApi.StartAsync(_folder);

    public async ValueTask DisposeAsync()
    {
        await _api.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Every_operation_but_sign_in_refuses_who_has_no_key()
    {
        foreach ((string method, string path) in await OperationsAsync())
        {
            if (path is "/api/v1/sessions" or "/api/v1/sessions/link" && method == "POST")
            {
                continue;
            }
            using HttpResponseMessage response = await SendAsync(_api.Http, method, path);

            Assert.True(
                response.StatusCode == HttpStatusCode.Unauthorized,
                $"{method} {path}: {response.StatusCode}");
        }
    }

    [Fact]
    public async Task Every_read_refuses_a_query_it_does_not_know_and_answers_with_JSON_otherwise()
    {
        using HttpClient admin = await _api.ClientAsync("admin");
        foreach ((string method, string path) in await OperationsAsync())
        {
            if (method != "GET" || path == "/api/v1/events/stream")
            {
                continue;
            }
            using HttpResponseMessage unknown = await SendAsync(admin, method, path + "?colour=red");
            using HttpResponseMessage known = await SendAsync(admin, method, path);

            Assert.True(unknown.StatusCode == HttpStatusCode.BadRequest, $"{path}: {unknown.StatusCode}");
            Assert.True((int)known.StatusCode is 200 or 404 or 503, $"{path}: {known.StatusCode}");
            Assert.Contains("json", known.Content.Headers.ContentType!.MediaType, StringComparison.Ordinal);
        }
    }

    private static Task<HttpResponseMessage> SendAsync(HttpClient client, string method, string path)
        => client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path), Cancellation);

    /// <summary>All operations of the running code's own description, with names filled in.</summary>
    private async Task<IReadOnlyList<(string Method, string Path)>> OperationsAsync()
    {
        using HttpResponseMessage response = await _api.Http.GetAsync("/openapi/v1.json", Cancellation);
        JsonElement document = await RunningApi.BodyAsync(response, HttpStatusCode.OK);
        var operations = new List<(string, string)>();
        foreach (JsonProperty path in document.GetProperty("paths").EnumerateObject())
        {
            if (path.Name.StartsWith("/api/v1/", StringComparison.Ordinal))
            {
                string concrete = string.Join(
                    '/', path.Name.Split('/').Select(p => p.StartsWith('{') ? "7" : p));
                operations.AddRange(
                    path.Value.EnumerateObject().Select(o => (o.Name.ToUpperInvariant(), concrete)));
            }
        }
        Assert.True(operations.Count > 40);
        return operations;
    }
}
