using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using ControlApi.Tests.Harness;

namespace ControlApi.Tests.Security;

public sealed class SignInTests : IAsyncLifetime
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
    public async Task Without_credentials_everything_but_health_and_sign_in_is_401()
    {
        using HttpResponseMessage live = await _api.Http.GetAsync("/healthz/live", Cancellation);
        using HttpResponseMessage notices = await _api.Http.GetAsync("/api/v1/notices", Cancellation);

        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
        await RunningApi.BodyAsync(notices, HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_link_gives_a_session_once()
    {
        string token = await _api.LinkTokenAsync();

        using HttpResponseMessage first = await LinkAsync(token);
        using HttpResponseMessage second = await LinkAsync(token);
        using HttpResponseMessage unknown = await LinkAsync("nonsense");

        JsonElement session = await RunningApi.BodyAsync(first, HttpStatusCode.Created);
        JsonElement refused = await RunningApi.BodyAsync(second, HttpStatusCode.Gone);
        await RunningApi.BodyAsync(unknown, HttpStatusCode.Unauthorized);
        Assert.StartsWith("mbs_", session.GetProperty("token").GetString(), StringComparison.Ordinal);
        Assert.True(session.GetProperty("me").GetProperty("needsPassword").GetBoolean());
        Assert.Equal("This link was used. `appliance link` prints a new one.",
            refused.GetProperty("title").GetString());
    }

    [Fact]
    public async Task A_password_set_by_link_signs_in_from_then_on()
    {
        using HttpClient person = await SignedInAsync();
        using HttpResponseMessage set = await person.PutAsync("/api/v1/me/password",
            RunningApi.Json("""{"newPassword":"correct horse battery"}"""), Cancellation);
        Assert.Equal(HttpStatusCode.NoContent, set.StatusCode);

        using HttpResponseMessage wrong = await PasswordAsync("wrong horse battery");
        using HttpResponseMessage right = await PasswordAsync("correct horse battery");

        await RunningApi.BodyAsync(wrong, HttpStatusCode.Unauthorized);
        JsonElement session = await RunningApi.BodyAsync(right, HttpStatusCode.Created);
        Assert.False(session.GetProperty("me").GetProperty("needsPassword").GetBoolean());
    }

    [Fact]
    public async Task A_short_password_is_422()
    {
        using HttpClient person = await SignedInAsync();

        using HttpResponseMessage set = await person.PutAsync("/api/v1/me/password",
            RunningApi.Json("""{"newPassword":"short"}"""), Cancellation);

        await RunningApi.BodyAsync(set, HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task An_ended_session_is_refused()
    {
        using HttpClient person = await SignedInAsync();
        JsonElement me =
            await RunningApi.BodyAsync(await person.GetAsync("/api/v1/me", Cancellation), HttpStatusCode.OK);

        using HttpResponseMessage ended = await person.DeleteAsync(
            $"/api/v1/sessions/{me.GetProperty("id").GetString()}", Cancellation);
        using HttpResponseMessage after = await person.GetAsync("/api/v1/me", Cancellation);

        Assert.Equal(HttpStatusCode.NoContent, ended.StatusCode);
        await RunningApi.BodyAsync(after, HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_cookie_alone_may_read_but_writes_only_from_our_own_pages()
    {
        using HttpClient person = await SignedInAsync();
        string token = person.DefaultRequestHeaders.Authorization!.Parameter!;

        using HttpResponseMessage read = await CookieAsync(HttpMethod.Get, token, null);
        using HttpResponseMessage forged = await CookieAsync(HttpMethod.Post, token, "https://evil.example");
        using HttpResponseMessage without = await CookieAsync(HttpMethod.Post, token, null);
        using HttpResponseMessage own = await CookieAsync(
            HttpMethod.Post, token, _api.Address.GetLeftPart(UriPartial.Authority));

        Assert.Equal(HttpStatusCode.OK, read.StatusCode);
        JsonElement problem = await RunningApi.BodyAsync(forged, HttpStatusCode.Forbidden);
        Assert.Equal("forgery", problem.GetProperty("errors")[0].GetProperty("code").GetString());
        await RunningApi.BodyAsync(without, HttpStatusCode.Forbidden);
        await RunningApi.BodyAsync(own, HttpStatusCode.Created);
    }

    [Fact]
    public async Task A_key_made_by_the_command_works_at_once_and_stops_when_revoked()
    {
        using HttpClient admin = await _api.ClientAsync("admin");
        using HttpClient reader = await _api.ClientAsync("read:*");
        JsonElement me =
            await RunningApi.BodyAsync(await reader.GetAsync("/api/v1/me", Cancellation), HttpStatusCode.OK);

        using HttpResponseMessage revoked = await admin.DeleteAsync(
            $"/api/v1/keys/{me.GetProperty("id").GetString()}", Cancellation);
        using HttpResponseMessage after = await reader.GetAsync("/api/v1/me", Cancellation);

        Assert.Equal(HttpStatusCode.NoContent, revoked.StatusCode);
        await RunningApi.BodyAsync(after, HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Keys_and_audit_need_admin_and_a_new_keys_secret_is_shown_once()
    {
        using HttpClient admin = await _api.ClientAsync("admin");
        using HttpClient reader = await _api.ClientAsync("read:*");

        using HttpResponseMessage refused = await reader.GetAsync("/api/v1/keys", Cancellation);
        using HttpResponseMessage made = await admin.PostAsync("/api/v1/keys",
            RunningApi.Json("""{"name":"grafana","scopes":["read:*"]}"""), Cancellation);
        using HttpResponseMessage unknown = await admin.PostAsync("/api/v1/keys",
            RunningApi.Json("""{"name":"x","scopes":["fly"]}"""), Cancellation);
        string list = await admin.GetStringAsync("/api/v1/keys", Cancellation);
        string audit = await admin.GetStringAsync("/api/v1/audit", Cancellation);

        await RunningApi.BodyAsync(refused, HttpStatusCode.Forbidden);
        await RunningApi.BodyAsync(unknown, HttpStatusCode.UnprocessableEntity);
        string secret =
            (await RunningApi.BodyAsync(made, HttpStatusCode.Created)).GetProperty("secret").GetString()!;
        Assert.StartsWith("mbk_", secret, StringComparison.Ordinal);
        Assert.DoesNotContain(secret.Split('_')[2], list, StringComparison.Ordinal);
        Assert.Contains("key.create", audit, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Too_many_sign_ins_are_429_with_Retry_After()
    {
        HttpResponseMessage last = await PasswordAsync("x");
        for (int i = 0; i < 60 && last.StatusCode != HttpStatusCode.TooManyRequests; i++)
        {
            last.Dispose();
            last = await PasswordAsync("x");
        }

        await RunningApi.BodyAsync(last, HttpStatusCode.TooManyRequests);
        Assert.NotNull(last.Headers.RetryAfter);
        last.Dispose();
    }

    [Fact]
    public async Task Metrics_are_open_on_the_machine_and_need_a_key_from_elsewhere()
    {
        using var remote = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        remote.Headers.Add("X-Forwarded-For", "192.0.2.7");

        using HttpResponseMessage local = await _api.Http.GetAsync("/metrics", Cancellation);
        using HttpResponseMessage refused = await _api.Http.SendAsync(remote, Cancellation);

        Assert.Contains("microbox_dataplane_up 0", await local.Content.ReadAsStringAsync(Cancellation),
            StringComparison.Ordinal);
        await RunningApi.BodyAsync(refused, HttpStatusCode.Unauthorized);
    }

    private async Task<HttpClient> SignedInAsync()
    {
        using HttpResponseMessage response = await LinkAsync(await _api.LinkTokenAsync());
        JsonElement session = await RunningApi.BodyAsync(response, HttpStatusCode.Created);
        var client = new HttpClient { BaseAddress = _api.Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer", session.GetProperty("token").GetString());
        return client;
    }

    private Task<HttpResponseMessage> LinkAsync(string token) => _api.Http.PostAsync(
        "/api/v1/sessions/link", RunningApi.Json($$"""{"token":"{{token}}"}"""), Cancellation);

    private Task<HttpResponseMessage> PasswordAsync(string password)
        => _api.Http.PostAsync("/api/v1/sessions",
        RunningApi.Json($$"""{"user":"admin","password":"{{password}}"}"""), Cancellation);

    private async Task<HttpResponseMessage> CookieAsync(HttpMethod method, string token, string? origin)
    {
        using var request = new HttpRequestMessage(method, "/api/v1/keys");
        request.Headers.Add("Cookie", $"__Host-appliance={token}");
        if (origin is not null)
        {
            request.Headers.Add("Origin", origin);
        }
        if (method == HttpMethod.Post)
        {
            request.Content = RunningApi.Json("""{"name":"page","scopes":["read:*"]}""");
        }
        return await _api.Http.SendAsync(request, Cancellation);
    }
}
