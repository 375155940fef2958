using System.Net;
using System.Text;
using System.Text.Json;
using ControlApi.Tests.Harness;
using Dataplane.Contract.Rpc;

namespace ControlApi.Tests.Endpoints;

public sealed class DraftEndpointsTests : IAsyncLifetime
{
    private const string Check = "/api/v1/configuration/draft/check";
    private const string Plan = "/api/v1/configuration/draft/plan";

    private readonly TestFolder _folder = new();
    private FakeDataplane _dataplane = null!;
    private RunningApi _api = null!;
    private HttpClient _http = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _dataplane = await FakeDataplane.StartAsync(_folder.Run);
        _api = await RunningApi.StartAsync(_folder, Documents.Listen);
        _http = await _api.ClientAsync("read:*,write:config");
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
    public async Task A_draft_without_a_fault_is_checked_and_not_applied()
    {
        JsonElement check = await RunningApi.BodyAsync(
            await PostAsync(Check, Documents.ListenText), HttpStatusCode.OK);

        Assert.Equal(0, check.GetProperty("faults").GetArrayLength());
        Assert.Single(_dataplane.Applied);
    }

    [Fact]
    public async Task Faults_of_the_document_and_of_the_dataplane_are_told_by_a_check()
    {
        JsonElement own = await RunningApi.BodyAsync(
            await PostAsync(Check, """{"version":1,"colour":"red"}"""), HttpStatusCode.OK);
        _dataplane.ValidateFaults.Enqueue(
            new Fault { Path = "/ports/0", Code = "no-device", Message = "None." });
        JsonElement found = await RunningApi.BodyAsync(
            await PostAsync(Check, Documents.ListenText), HttpStatusCode.OK);

        Assert.Equal("/colour", own.GetProperty("faults")[0].GetProperty("path").GetString());
        Assert.Equal("/ports/0", found.GetProperty("faults")[0].GetProperty("path").GetString());
    }

    [Fact]
    public async Task The_plan_of_a_draft_names_each_NF_and_that_of_the_active_chain_too()
    {
        JsonElement draft = await RunningApi.BodyAsync(
            await PostAsync(Plan, Documents.ListenText.Replace("ids", "guard", StringComparison.Ordinal)),
            HttpStatusCode.OK);
        using HttpResponseMessage response = await _http.GetAsync(
            "/api/v1/chains/edge-in/plan", Cancellation);
        JsonElement active = await RunningApi.BodyAsync(response, HttpStatusCode.OK);

        JsonElement nf = draft.GetProperty("chains")[0].GetProperty("nfs")[0];
        Assert.Equal("guard", nf.GetProperty("name").GetString());
        Assert.Equal("inline", nf.GetProperty("placement").GetString());
        Assert.Equal("ids", active.GetProperty("nfs")[0].GetProperty("name").GetString());
        Assert.Equal("client half", active.GetProperty("parts")[0].GetProperty("name").GetString());
    }

    [Fact]
    public async Task A_plan_of_nothing_of_a_faulty_draft_and_of_an_unknown_chain_is_refused()
    {
        using HttpResponseMessage none = await _http.PostAsync(
            Plan, new StringContent("{}", Encoding.UTF8, "application/json"), Cancellation);
        using HttpResponseMessage faulty = await PostAsync(Plan, """{"version":9}""");
        using HttpResponseMessage unknown = await _http.GetAsync(
            "/api/v1/chains/none/plan", Cancellation);

        await RunningApi.BodyAsync(none, HttpStatusCode.UnprocessableEntity);
        await RunningApi.BodyAsync(faulty, HttpStatusCode.UnprocessableEntity);
        await RunningApi.BodyAsync(unknown, HttpStatusCode.NotFound);
    }

    private Task<HttpResponseMessage> PostAsync(string path, string document) => _http.PostAsync(
        path, new StringContent($$"""{"document":{{document}}}""", Encoding.UTF8, "application/json"),
        Cancellation);
}
