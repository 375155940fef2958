using System.Net;
using System.Text.Json;
using ControlApi.Tests.Harness;

namespace ControlApi.Tests.Endpoints;

public sealed class NoticeEndpointsTests : IAsyncLifetime
{
    private readonly TestFolder _folder = new();
    private TestSpool _spool = null!;
    private RunningApi _api = null!;
    private HttpClient _http = null!;

    public async ValueTask InitializeAsync()
    {
        _spool = new TestSpool(_folder.Spool);
        _api = await RunningApi.StartAsync(_folder);
        _http = await _api.ClientAsync("read:*");
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _api.DisposeAsync();
        _spool.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_spooled_alert_appears_with_all_fields_of_the_contract()
    {
        _spool.Alert(packet: [1, 2, 3]);
        TestSpool.Wake(_folder.Run);

        JsonElement notice = (await PageAsync("/api/v1/notices", 1))[0];

        Assert.Equal("EVENT/IDS_ALERT", notice.GetProperty("type").GetString());
        Assert.Equal(1, notice.GetProperty("severity").GetInt32());
        Assert.Equal("SQL injection attempt", notice.GetProperty("title").GetString());
        Assert.Equal("allowed", notice.GetProperty("action").GetString());
        Assert.Equal("edge-1", notice.GetProperty("node").GetString());
        Assert.Equal("ids", notice.GetProperty("nf").GetString());
        Assert.Equal("edge-in", notice.GetProperty("chain").GetString());
        Assert.Equal(1, notice.GetProperty("seq").GetInt32());
        Assert.Equal(2000001, notice.GetProperty("body").GetProperty("sid").GetInt32());
        JsonElement flow = notice.GetProperty("flow");
        Assert.Equal("TCP", flow.GetProperty("proto").GetString());
        Assert.Equal("10.0.0.1", flow.GetProperty("srcIp").GetString());
        Assert.Equal(80, flow.GetProperty("destPort").GetInt32());
        Assert.Equal("http", flow.GetProperty("appProto").GetString());
        Assert.StartsWith("1:", flow.GetProperty("communityId").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_notice_without_a_flow_has_flow_null()
    {
        _spool.Notice(SampleCatalog.Detected, 4);

        JsonElement notice = (await PageAsync("/api/v1/notices", 1))[0];

        Assert.Equal(JsonValueKind.Null, notice.GetProperty("flow").ValueKind);
    }

    [Fact]
    public async Task Pages_go_from_the_newest_to_the_oldest_and_end_with_null()
    {
        for (int i = 0; i < 5; i++)
        {
            _spool.Alert();
        }
        await PageAsync("/api/v1/notices", 5);

        var seen = new List<int>();
        string? next = null;
        do
        {
            using HttpResponseMessage response = await _http.GetAsync(
                "/api/v1/notices?limit=2" + (next is null ? "" : $"&after={next}"),
                    TestContext.Current.CancellationToken);
            JsonElement page = await RunningApi.BodyAsync(response, HttpStatusCode.OK);
            seen.AddRange(
                page.GetProperty("items").EnumerateArray().Select(n => n.GetProperty("seq").GetInt32()));
            next = page.GetProperty("next").GetString();
        }
        while (next is not null);

        Assert.Equal([5, 4, 3, 2, 1], seen);
    }

    [Fact]
    public async Task A_filter_selects_and_from_and_to_limit_the_time()
    {
        _spool.Time = new DateTimeOffset(2026, 11, 20, 10, 0, 0, TimeSpan.Zero);
        _spool.Alert(source: "10.1.1.1");
        _spool.Time = new DateTimeOffset(2026, 11, 21, 10, 0, 0, TimeSpan.Zero);
        _spool.Alert(source: "10.2.2.2");
        await PageAsync("/api/v1/notices", 2);

        IReadOnlyList<JsonElement> filtered =
            await PageAsync("/api/v1/notices?filter=src_ip in 10.2.0.0/16", 1);
        IReadOnlyList<JsonElement> early = await PageAsync("/api/v1/notices?to=2026-11-20T12:00:00Z", 1);
        IReadOnlyList<JsonElement> late = await PageAsync("/api/v1/notices?from=2026-11-21T00:00:00Z", 1);

        Assert.Equal(2, filtered[0].GetProperty("seq").GetInt32());
        Assert.Equal(1, early[0].GetProperty("seq").GetInt32());
        Assert.Equal(2, late[0].GetProperty("seq").GetInt32());
    }

    [Theory]
    [InlineData("limit=0", "?limit")]
    [InlineData("limit=1001", "?limit")]
    [InlineData("filter=severity%20%3D", "?filter")]
    [InlineData("after=nonsense", "?after")]
    [InlineData("from=yesterday", "?from")]
    [InlineData("colour=red", "?colour")]
    public async Task A_bad_query_is_refused_with_400_that_names_the_parameter(string query, string path)
    {
        using HttpResponseMessage response = await _http.GetAsync(
            $"/api/v1/notices?{query}", TestContext.Current.CancellationToken);

        JsonElement problem = await RunningApi.BodyAsync(response, HttpStatusCode.BadRequest);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(path, problem.GetProperty("errors")[0].GetProperty("path").GetString());
    }

    [Fact]
    public async Task One_notice_is_found_by_its_id_and_as_an_EVE_line()
    {
        _spool.Alert();
        string id = (await PageAsync("/api/v1/notices", 1))[0].GetProperty("id").GetString()!;

        using HttpResponseMessage one =
            await _http.GetAsync($"/api/v1/notices/{id}", TestContext.Current.CancellationToken);
        using HttpResponseMessage eve =
            await _http.GetAsync($"/api/v1/notices/{id}/eve", TestContext.Current.CancellationToken);

        JsonElement notice = await RunningApi.BodyAsync(one, HttpStatusCode.OK);
        JsonElement line = await RunningApi.BodyAsync(eve, HttpStatusCode.OK);
        Assert.Equal(id, notice.GetProperty("id").GetString());
        Assert.Equal("alert", line.GetProperty("event_type").GetString());
        Assert.Equal(2000001, line.GetProperty("alert").GetProperty("signature_id").GetInt32());
        Assert.Equal("SQL injection attempt", line.GetProperty("alert").GetProperty("signature").GetString());
        Assert.Equal("10.0.0.1", line.GetProperty("src_ip").GetString());
        Assert.EndsWith("+0000", line.GetProperty("timestamp").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_id_is_404()
    {
        using HttpResponseMessage response = await _http.GetAsync(
            "/api/v1/notices/01ARZ3NDEKTSV4RRFFQ69G5FAV", TestContext.Current.CancellationToken);

        await RunningApi.BodyAsync(response, HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Packet_bytes_need_a_scope_of_their_own()
    {
        _spool.Alert(packet: [9, 8, 7]);
        string id = (await PageAsync("/api/v1/notices", 1))[0].GetProperty("id").GetString()!;
        using HttpClient analyst = await _api.ClientAsync("read:*,read:packets");

        using HttpResponseMessage refused = await _http.GetAsync(
            $"/api/v1/notices/{id}/packet", TestContext.Current.CancellationToken);
        byte[] packet = await analyst.GetByteArrayAsync(
            $"/api/v1/notices/{id}/packet", TestContext.Current.CancellationToken);

        JsonElement problem = await RunningApi.BodyAsync(refused, HttpStatusCode.Forbidden);
        Assert.Equal("read:packets", problem.GetProperty("errors")[0].GetProperty("code").GetString());
        Assert.Equal([9, 8, 7], packet);
    }

    [Fact]
    public async Task Alerts_leave_out_other_notices_and_carry_their_triage_state()
    {
        _spool.Notice(SampleCatalog.Detected, 4);
        _spool.Notice(SampleCatalog.LongFlow, 3);
        _spool.Alert();
        await PageAsync("/api/v1/notices", 3);
        using HttpClient analyst = await _api.ClientAsync("read:*,write:alerts");

        IReadOnlyList<JsonElement> alerts = await PageAsync("/api/v1/alerts", 2);
        string id = alerts[0].GetProperty("id").GetString()!;
        using HttpResponseMessage done = await analyst.PostAsync("/api/v1/alerts/actions", RunningApi.Json(
            $$"""{"action":"escalate","ids":["{{id}}"],"note":"look at this"}"""),
                TestContext.Current.CancellationToken);
        IReadOnlyList<JsonElement> escalated = await PageAsync("/api/v1/alerts?state=escalated", 1);

        await RunningApi.BodyAsync(done, HttpStatusCode.OK);
        Assert.Equal("inbox", alerts[0].GetProperty("state").GetString());
        Assert.Equal("EVENT/LONG_FLOW", alerts[1].GetProperty("type").GetString());
        Assert.Equal(id, escalated[0].GetProperty("id").GetString());
        Assert.Equal("look at this", escalated[0].GetProperty("notes")[0].GetProperty("text").GetString());
    }

    [Fact]
    public async Task Types_are_understood_by_their_aliases()
    {
        _spool.Alert();
        _spool.Notice(SampleCatalog.Detected, 4);
        await PageAsync("/api/v1/notices", 2);

        IReadOnlyList<JsonElement> found =
            await PageAsync("/api/v1/notices?filter=type = EVENT/IDS/ALERT", 1);

        Assert.Equal("EVENT/IDS_ALERT", found[0].GetProperty("type").GetString());
    }

    /// <summary>The items of a page as soon as there are so many.</summary>
    private async Task<IReadOnlyList<JsonElement>> PageAsync(string path, int count)
        => await RunningApi.UntilAsync<IReadOnlyList<JsonElement>>(async () =>
        {
            using HttpResponseMessage response =
                await _http.GetAsync(path, TestContext.Current.CancellationToken);
            JsonElement page = await RunningApi.BodyAsync(response, HttpStatusCode.OK);
            JsonElement[] items = [.. page.GetProperty("items").EnumerateArray()];
            return items.Length == count ? items : null;
        });
}
