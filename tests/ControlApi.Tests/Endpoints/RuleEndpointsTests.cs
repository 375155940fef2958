using System.Net;
using System.Text.Json;
using ControlApi.Tests.Harness;
using Dataplane.Contract.Shared;

namespace ControlApi.Tests.Endpoints;

public sealed class RuleEndpointsTests : IAsyncLifetime
{
    private readonly TestFolder _folder = new();
    private FakeDataplane _dataplane = null!;
    private RunningApi _api = null!;
    private HttpClient _http = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        using (StatsWriter writer = StatsWriter.Create(Path.Combine(_folder.Run, StatsLayout.File), 1, 2))
        {
            writer.Write<RuleRow>(StatsLayout.Rules, Rows());
        }
        _dataplane = await FakeDataplane.StartAsync(_folder.Run);
        _api = await RunningApi.StartAsync(_folder, Documents.Listen);
        _http = await _api.ClientAsync("read:*");
        await _api.ReadyAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _api.DisposeAsync();
        await _dataplane.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_rule_says_what_it_cost_and_found()
    {
        JsonElement first = (await ListAsync("?limit=1"))[0];

        Assert.Equal("edge", first.GetProperty("ruleSet").GetString());
        Assert.Equal(7, first.GetProperty("sid").GetInt32());
        Assert.Equal(new string('x', 60), first.GetProperty("signature").GetString());
        Assert.Equal("drop", first.GetProperty("action").GetString());
        Assert.Equal(20, first.GetProperty("checks").GetInt32());
        Assert.Equal(9, first.GetProperty("matches").GetInt32());
        Assert.Equal(5_000, first.GetProperty("nanoseconds").GetInt32());
        Assert.Equal("2026-11-23T07:34:50.123456Z", first.GetProperty("lastHit").GetString());
    }

    [Theory]
    [InlineData("", "7,8,9")]
    [InlineData("?sort=checks", "9,7,8")]
    [InlineData("?sort=time", "8,7,9")]
    [InlineData("?sort=lastHit", "7,8,9")]
    [InlineData("?sort=sid", "7,8,9")]
    [InlineData("?ruleSet=edge", "7,8")]
    public async Task Rules_come_in_the_order_that_is_asked_for(string query, string sids)
    {
        JsonElement rules = await ListAsync(query);

        Assert.Equal(
            sids, string.Join(',', rules.EnumerateArray().Select(r => r.GetProperty("sid").GetInt32())));
    }

    [Fact]
    public async Task An_order_that_is_none_is_refused_with_those_there_are()
    {
        using HttpResponseMessage response = await _http.GetAsync("/api/v1/rules?sort=mood", Cancellation);

        JsonElement problem = await RunningApi.BodyAsync(response, HttpStatusCode.BadRequest);
        Assert.Equal("?sort", problem.GetProperty("errors")[0].GetProperty("path").GetString());
    }

    private static RuleRow[] Rows() =>
    [
        new()
        {
            RuleSet = SharedName.Of("edge"),
            Signature = SharedName.Of(new string('x', 48)),
            SignatureRest = SharedName.Of(new string('x', 12)),
            Sid = 7,
            Action = 1,
            Checks = 20,
            Matches = 9,
            Nanoseconds = 5_000,
            LastHitUs = 1_795_419_290_123_456,
        },
        new()
        {
            RuleSet = SharedName.Of("edge"),
            Sid = 8,
            Action = 3,
            Checks = 10,
            Matches = 1,
            Nanoseconds = 9_000,
        },
        new() { RuleSet = SharedName.Of("lab"), Sid = 9, Action = 3, Checks = 30 },
    ];

    private async Task<JsonElement> ListAsync(string query)
    {
        using HttpResponseMessage response = await _http.GetAsync("/api/v1/rules" + query, Cancellation);
        return (await RunningApi.BodyAsync(response, HttpStatusCode.OK)).GetProperty("items");
    }
}
