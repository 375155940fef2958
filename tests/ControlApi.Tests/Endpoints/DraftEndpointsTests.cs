using System.Net;
using System.Text.Json;
using ControlApi.Tests.Harness;
using Dataplane.Contract.Rpc;

namespace ControlApi.Tests.Endpoints;

public sealed class DraftEndpointsTests() : ConfiguredApi("read:*,write:config")
{
    private const string Check = "/api/v1/configuration/draft/check";
    private const string Plan = "/api/v1/configuration/draft/plan";

    [Fact]
    public async Task A_draft_without_a_fault_is_checked_and_not_applied()
    {
        JsonElement check = await RunningApi.BodyAsync(
            await SendAsync(Check, Documents.ListenText), HttpStatusCode.OK);

        Assert.Equal(0, check.GetProperty("faults").GetArrayLength());
        Assert.Single(Dataplane.Applied);
    }

    [Fact]
    public async Task Faults_of_the_document_and_of_theDataplane_are_told_by_a_check()
    {
        JsonElement own = await RunningApi.BodyAsync(
            await SendAsync(Check, """{"version":1,"colour":"red"}"""), HttpStatusCode.OK);
        Dataplane.ValidateFaults.Enqueue(
            new Fault { Path = "/ports/0", Code = "no-device", Message = "None." });
        JsonElement found = await RunningApi.BodyAsync(
            await SendAsync(Check, Documents.ListenText), HttpStatusCode.OK);

        Assert.Equal("/colour", own.GetProperty("faults")[0].GetProperty("path").GetString());
        Assert.Equal("/ports/0", found.GetProperty("faults")[0].GetProperty("path").GetString());
    }

    [Fact]
    public async Task The_plan_of_a_draft_names_each_NF_and_that_of_the_active_chain_too()
    {
        JsonElement draft = await RunningApi.BodyAsync(
            await SendAsync(Plan, Documents.ListenText.Replace("ids", "guard", StringComparison.Ordinal)),
            HttpStatusCode.OK);
        using HttpResponseMessage response = await Http.GetAsync(
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
        using HttpResponseMessage none = await PostAsync(Plan, "{}");
        using HttpResponseMessage faulty = await SendAsync(Plan, """{"version":9}""");
        using HttpResponseMessage unknown = await Http.GetAsync(
            "/api/v1/chains/none/plan", Cancellation);

        await RunningApi.BodyAsync(none, HttpStatusCode.UnprocessableEntity);
        await RunningApi.BodyAsync(faulty, HttpStatusCode.UnprocessableEntity);
        await RunningApi.BodyAsync(unknown, HttpStatusCode.NotFound);
    }

    private Task<HttpResponseMessage> SendAsync(string path, string document) =>
        PostAsync(path, $$"""{"document":{{document}}}""");
}
