using System.Net;
using ControlApi.Contract;
using System.Net.Http.Json;
using WebUi.Tests.Fakes;
using Xunit;

namespace WebUi.Tests.Hosting;

public sealed class ProxyTests
{
    private static readonly Uri Nobody = new("http://127.0.0.1:9");

    [Fact]
    public async Task Api_paths_reach_ControlApi_with_the_bearer_that_was_sent()
    {
        await using FakeControlApi api = await FakeControlApi.StartAsync();
        await using RunningWebUi web = await RunningWebUi.StartAsync(api.Address);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/system");
        request.Headers.Authorization = new("Bearer", FakeControlApi.SessionToken);

        using HttpResponseMessage answer =
            await web.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData("/api/v1/notices")]
    [InlineData("/hub/live")]
    [InlineData("/openapi/v1.json")]
    [InlineData("/metrics")]
    [InlineData("/healthz/ready")]
    public async Task While_ControlApi_is_away_its_paths_say_so_as_a_problem(string path)
    {
        await using RunningWebUi web = await RunningWebUi.StartAsync(Nobody);

        using HttpResponseMessage answer =
            await web.Client.GetAsync(path, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Problem? problem = await answer.Content.ReadFromJsonAsync<Problem>(
            ApiJson.Shared, TestContext.Current.CancellationToken);
        Assert.Equal("ControlApi does not answer.", problem?.Title);
    }

    [Theory]
    [InlineData("/sign-in")]
    [InlineData("/api/v1/notices")]
    [InlineData("/alerts")]
    [InlineData("/start?token=x")]
    public async Task Every_answer_carries_the_script_policy(string path)
    {
        await using RunningWebUi web = await RunningWebUi.StartAsync(Nobody);

        using HttpResponseMessage answer =
            await web.Client.GetAsync(path, TestContext.Current.CancellationToken);

        string policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("script-src 'self';", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe-eval", policy, StringComparison.Ordinal);
    }
}
