using System.Text.Json;
using ControlApi.Contract;
using ControlApi.Contract.Configuration;
using ControlApi.Contract.Live;
using ControlApi.Contract.Notices;
using ControlApi.Contract.Security;
using ControlApi.Contract.Status;
using Dataplane.Contract.Catalog;
using Dataplane.Contract.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace WebUi.Tests.Fakes;

/// <summary>
/// ControlApi's edge as WebUi sees it, with content of our own: REST and hub on a loopback port.
/// </summary>
public sealed class FakeControlApi : IAsyncDisposable
{
    public const string LinkToken = "link-token";
    public const string SessionToken = "mbs_1_secret";
    public const string Password = "correct horse battery";

    private readonly WebApplication _app;
    private readonly FakeContent _content = new();

    private FakeControlApi(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.First());

    public FakeContent Content => _content;

    public IHubContext<FakeHub> Hub => _app.Services.GetRequiredService<IHubContext<FakeHub>>();

    public static async Task<FakeControlApi> StartAsync(int port = 0)
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSignalR().AddJsonProtocol(json => json.PayloadSerializerOptions = ApiJson.Shared);
        builder.Services.ConfigureHttpJsonOptions(json =>
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, ApiJson.Shared.TypeInfoResolver!));
        WebApplication app = builder.Build();
        app.Urls.Add($"http://127.0.0.1:{port}");
        var fake = new FakeControlApi(app);
        fake.Map();
        await app.StartAsync();
        return fake;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private void Map()
    {
        _app.Use(RequireTokenAsync);
        _app.MapGet("/healthz/live", () => Results.Text("live"));
        _app.MapHub<FakeHub>("/hub/live");
        MapSessions();
        MapStatus();
        MapConfiguration();
        _app.MapGet("/api/v1/alerts", (string? filter, string? after, int? limit) =>
            filter is not null && filter.Contains("???", StringComparison.Ordinal)
                ? Refuse(400, "Column 1: ??? is not a field.")
                : Results.Json(_content.AlertPage(after, limit ?? 100), ApiJson.Shared));
        _app.MapGet("/api/v1/alerts/{id}", (string id) => _content.FindAlert(id) is { } alert
            ? Results.Json(alert, ApiJson.Shared)
            : Refuse(404, "There is no such alert."));
        _app.MapGet(
            "/api/v1/notices/{id}/eve", (string id) => Results.Json(new { id, event_type = "alert" }));
        _app.MapGet("/api/v1/notices/{id}/packet", () =>
            Results.Bytes(FakeContent.PacketBytes, "application/octet-stream"));
    }

    private void MapSessions()
    {
        _app.MapPost("/api/v1/sessions/link", (LinkRequest link) => link.Token == LinkToken
            ? Results.Json(Session(), ApiJson.Shared, statusCode: 201)
            : Refuse(401, "This link was used. `appliance link` prints a new one."));
        _app.MapPost("/api/v1/sessions", (SignInRequest request) => request.Password == Password
            ? Results.Json(Session(), ApiJson.Shared, statusCode: 201)
            : Refuse(401, "User and password do not fit."));
        _app.MapDelete("/api/v1/sessions/{id}", () => Results.NoContent());
        _app.MapGet("/api/v1/me", () => Results.Json(_content.Reader, ApiJson.Shared));
        _app.MapPut("/api/v1/me/password", () => Results.NoContent());
        _app.MapGet(
            "/api/v1/keys", () => Results.Json(new Page<KeySummary>(_content.Keys, null), ApiJson.Shared));
        _app.MapPost("/api/v1/keys", (KeyRequest key) =>
            Results.Json(_content.AddKey(key), ApiJson.Shared, statusCode: 201));
        _app.MapDelete("/api/v1/keys/{id}", (string id) =>
        {
            _content.Keys.RemoveAll(key => key.Id == id);
            return Results.NoContent();
        });
    }

    private void MapStatus()
    {
        _app.MapGet("/api/v1/system", () => Results.Json(_content.Status, ApiJson.Shared));
        _app.MapGet("/api/v1/system/health", () => Results.Json(_content.Health, ApiJson.Shared));
        _app.MapGet("/api/v1/catalog", () => Results.Json(_content.Catalog, ApiJson.Shared));
        _app.MapGet(
            "/api/v1/ports", () => Results.Json(new Page<PortStatus>(_content.Ports, null), ApiJson.Shared));
        _app.MapGet("/api/v1/workers", () =>
            Results.Json(new Page<WorkerStatus>(_content.Workers, null), ApiJson.Shared));
        _app.MapGet(
            "/api/v1/drops", () => Results.Json(new Page<DropCount>(_content.Drops, null), ApiJson.Shared));
        _app.MapGet("/api/v1/flows", () =>
            Results.Json(new Page<FlowStatus>(FakeRates.Flows(), null), ApiJson.Shared));
    }

    private void MapConfiguration()
    {
        _app.MapGet("/api/v1/configuration", (HttpContext context) =>
        {
            context.Response.Headers.ETag = _content.Tag;
            return Results.Json(_content.Document, ApiJson.Shared);
        });
        _app.MapPost("/api/v1/configuration/commits", (CommitRequest commit, HttpContext context) =>
        {
            if (context.Request.Headers.IfMatch != _content.Tag)
            {
                return Refuse(412, "The configuration has changed since.");
            }
            return Commit(commit);
        });
        _app.MapGet("/api/v1/operations/{id}", () => Results.Json(_content.LastOperation, ApiJson.Shared));
        _app.MapGet("/api/v1/configuration/revisions", () =>
            Results.Json(new Page<RevisionSummary>(_content.Revisions, null), ApiJson.Shared));
        _app.MapPost("/api/v1/configuration/revisions/{n}/restore", (uint n) =>
            Results.Json(
                _content.Activate(_content.Document, $"Restore r{n}"), ApiJson.Shared, statusCode: 202));
    }

    private IResult Commit(CommitRequest commit)
    {
        ConfigurationDocument document =
            commit.Document!.Value.Deserialize(ConfigurationJson.Default.ConfigurationDocument)!;
        IReadOnlyList<ConfigFault> faults = FakeContent.Check(document);
        return faults.Count > 0
            ? Results.Json(
                new Problem { Title = "The document has faults.", Status = 422, Errors = faults },
                ApiJson.Shared, "application/problem+json", 422)
            : Results.Json(_content.Activate(document, commit.Note), ApiJson.Shared, statusCode: 202);
    }

    private SessionCreated Session() =>
        new("1", SessionToken, DateTimeOffset.UtcNow.AddHours(12), _content.Reader);

    private static IResult Refuse(int status, string title) =>
        Results.Json(
            new Problem { Title = title, Status = status }, ApiJson.Shared, "application/problem+json",
                status);

    private static Task RequireTokenAsync(HttpContext context, RequestDelegate next)
    {
        PathString path = context.Request.Path;
        bool open = path.StartsWithSegments("/healthz")
            || (path.StartsWithSegments("/api/v1/sessions") && HttpMethods.IsPost(context.Request.Method));
        bool signed = context.Request.Headers.Authorization == "Bearer " + SessionToken
            || context.Request.Query["access_token"] == SessionToken;
        return open || signed ? next(context) : Refuse(401, "Sign in first.").ExecuteAsync(context);
    }
}
