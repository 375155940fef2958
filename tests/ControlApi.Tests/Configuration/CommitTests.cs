using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using ControlApi.Tests.Harness;
using Dataplane.Contract.Rpc;

namespace ControlApi.Tests.Configuration;

public sealed class CommitTests() : ConfiguredApi("read:*,write:config")
{
    private const string Commits = "/api/v1/configuration/commits";

    private const string TwoPortsText = """
        {"version":1,
         "ports":[{"id":"wan","device":"demo"},{"id":"lan","device":"demo"}],
         "chains":[{"id":"edge-in","ports":["wan","lan"],
           "stages":[{"nfs":[{"name":"ids","kind":"signature-match"}]}]}]}
        """;

    [Fact]
    public async Task The_document_given_at_start_becomes_revision_1()
    {
        using HttpResponseMessage response = await Http.GetAsync("/api/v1/configuration", Cancellation);

        JsonElement document = await RunningApi.BodyAsync(response, HttpStatusCode.OK);
        Assert.Equal("\"r1\"", response.Headers.ETag!.Tag);
        Assert.Equal("demo", document.GetProperty("ports")[0].GetProperty("device").GetString());
        Assert.Equal(1u, Assert.Single(Dataplane.Applied).Revision);
    }

    [Fact]
    public async Task A_commit_is_saved_applied_and_becomes_active()
    {
        using HttpResponseMessage response = await CommitAsync(TwoPortsText, "\"r1\"");

        JsonElement operation = await RunningApi.BodyAsync(response, HttpStatusCode.Accepted);
        Assert.Equal($"/api/v1/operations/{operation.GetProperty("id").GetString()}",
            response.Headers.Location!.ToString());
        Assert.Equal(2, operation.GetProperty("revision").GetInt32());
        JsonElement ended = await EndOfAsync(operation);
        Assert.Equal("active", ended.GetProperty("state").GetString());
        Assert.Equal(2u, Dataplane.Applied[^1].Revision);
        using HttpResponseMessage active = await Http.GetAsync("/api/v1/configuration", Cancellation);
        Assert.Equal("\"r2\"", active.Headers.ETag!.Tag);
    }

    [Fact]
    public async Task Without_If_Match_a_commit_is_428()
    {
        using HttpResponseMessage response = await CommitAsync(TwoPortsText, null);

        await RunningApi.BodyAsync(response, (HttpStatusCode)428);
    }

    [Fact]
    public async Task On_a_stale_base_a_commit_is_412_with_the_difference()
    {
        await EndOfAsync(
            await RunningApi.BodyAsync(await CommitAsync(TwoPortsText, "\"r1\""), HttpStatusCode.Accepted));

        using HttpResponseMessage response = await CommitAsync(Documents.ListenText, "\"r1\"");

        JsonElement problem = await RunningApi.BodyAsync(response, HttpStatusCode.PreconditionFailed);
        string?[] paths = [.. problem.GetProperty("differences").EnumerateArray()
            .Select(d => d.GetProperty("path").GetString())];
        Assert.Contains("/ports/lan", paths);
        Assert.Contains("/chains/edge-in/ports", paths);
    }

    [Fact]
    public async Task Faults_are_422_all_at_once_with_their_paths()
    {
        const string Bad = """
            {"version":1,"colour":"red",
             "ports":[{"id":"wan","device":"nonsense"}],
             "chains":[{"id":"a","ports":["nowhere"],
               "stages":[{"nfs":[{"name":"x","kind":"k","onFault":"perhaps"}]}]}]}
            """;

        using HttpResponseMessage unknown = await CommitAsync(Bad, "\"r1\"");
        using HttpResponseMessage wrong = await CommitAsync(
            Bad.Replace("\"colour\":\"red\",", "", StringComparison.Ordinal)
                .Replace(",\"onFault\":\"perhaps\"", "", StringComparison.Ordinal), "\"r1\"");

        JsonElement first = await RunningApi.BodyAsync(unknown, HttpStatusCode.UnprocessableEntity);
        JsonElement second = await RunningApi.BodyAsync(wrong, HttpStatusCode.UnprocessableEntity);
        Assert.Equal(["/chains/0/stages/0/nfs/0/onFault", "/colour"], Paths(first));
        Assert.Equal(["/chains/0/ports/0", "/ports/0/device"], Paths(second));
    }

    [Fact]
    public async Task Faults_that_theDataplane_finds_are_422_and_nothing_is_saved()
    {
        Dataplane.ValidateFaults.Enqueue(new Fault
        {
            Path = "/chains/0/stages/0/nfs/0/kind",
            Code = "unknown-kind",
            Message = "There is no kind k.",
            Fix = "Use one of: dpi.",
        });

        using HttpResponseMessage response = await CommitAsync(TwoPortsText, "\"r1\"");

        JsonElement problem = await RunningApi.BodyAsync(response, HttpStatusCode.UnprocessableEntity);
        JsonElement error = problem.GetProperty("errors")[0];
        Assert.Equal("unknown-kind", error.GetProperty("code").GetString());
        Assert.Equal("Use one of: dpi.", error.GetProperty("fix").GetString());
        Assert.Single(await RevisionsAsync());
    }

    [Fact]
    public async Task A_revision_that_cannot_be_applied_fails_and_the_old_one_stays_active()
    {
        Dataplane.ApplyFaults.Enqueue(
            new Fault { Path = "/ports/1/device", Code = "no-interface", Message = "No eth9." });

        JsonElement operation = await EndOfAsync(
            await RunningApi.BodyAsync(await CommitAsync(TwoPortsText, "\"r1\""), HttpStatusCode.Accepted));

        Assert.Equal("failed", operation.GetProperty("state").GetString());
        Assert.Equal("No eth9.", operation.GetProperty("cause").GetString());
        using HttpResponseMessage active = await Http.GetAsync("/api/v1/configuration", Cancellation);
        Assert.Equal("\"r1\"", active.Headers.ETag!.Tag);
        Assert.Equal(["failed", "active"],
            (await RevisionsAsync()).Select(r => r.GetProperty("result").GetString()));
    }

    [Fact]
    public async Task A_body_that_is_no_JSON_or_has_unknown_fields_is_400()
    {
        using HttpResponseMessage broken = await SendAsync("{", "\"r1\"");
        using HttpResponseMessage unknown = await SendAsync("""{"note":"x","documents":{}}""", "\"r1\"");

        await RunningApi.BodyAsync(broken, HttpStatusCode.BadRequest);
        await RunningApi.BodyAsync(unknown, HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_body_of_another_type_is_415()
    {
        using var request =
            new HttpRequestMessage(HttpMethod.Post, Commits) { Content = new StringContent("a=b") };
        request.Headers.TryAddWithoutValidation("If-Match", "\"r1\"");

        using HttpResponseMessage response = await Http.SendAsync(request, Cancellation);

        await RunningApi.BodyAsync(response, HttpStatusCode.UnsupportedMediaType);
    }

    [Fact]
    public async Task While_theDataplane_is_away_a_commit_is_503_and_the_document_can_still_be_read()
    {
        await Dataplane.DisposeAsync();

        using HttpResponseMessage response = await CommitAsync(TwoPortsText, "\"r1\"");
        using HttpResponseMessage read = await Http.GetAsync("/api/v1/configuration", Cancellation);

        await RunningApi.BodyAsync(response, HttpStatusCode.ServiceUnavailable);
        Assert.Equal(HttpStatusCode.OK, read.StatusCode);
    }

    [Fact]
    public async Task Restoring_commits_an_old_document_under_a_new_number()
    {
        await EndOfAsync(
            await RunningApi.BodyAsync(await CommitAsync(TwoPortsText, "\"r1\""), HttpStatusCode.Accepted));

        using HttpResponseMessage restored = await Http.PostAsync(
            "/api/v1/configuration/revisions/1/restore", null, Cancellation);

        JsonElement operation =
            await EndOfAsync(await RunningApi.BodyAsync(restored, HttpStatusCode.Accepted));
        Assert.Equal(3, operation.GetProperty("revision").GetInt32());
        Assert.Equal("restore", operation.GetProperty("kind").GetString());
        using HttpResponseMessage diff = await Http.GetAsync(
            "/api/v1/configuration/revisions/3/diff?with=1", Cancellation);
        JsonElement difference = await RunningApi.BodyAsync(diff, HttpStatusCode.OK);
        Assert.Equal(0, difference.GetProperty("differences").GetArrayLength());
    }

    [Fact]
    public async Task ADataplane_that_starts_again_gets_the_active_revision_again()
    {
        await EndOfAsync(
            await RunningApi.BodyAsync(await CommitAsync(TwoPortsText, "\"r1\""), HttpStatusCode.Accepted));
        await Dataplane.DisposeAsync();

        await using FakeDataplane second = await FakeDataplane.StartAsync(RunFolder, pid: 4243);

        ApplyRequest applied = await RunningApi.UntilAsync(
            () => Task.FromResult(second.Applied is [var first, ..] ? first : null));
        Assert.Equal(2u, applied.Revision);
        await Api.ReadyAsync();
    }

    [Fact]
    public async Task Without_the_scope_a_commit_is_403_even_when_its_body_is_broken()
    {
        using HttpClient reader = await Api.ClientAsync("read:*");

        using HttpResponseMessage response =
            await reader.PostAsync(Commits, RunningApi.Json("{"), Cancellation);

        JsonElement problem = await RunningApi.BodyAsync(response, HttpStatusCode.Forbidden);
        Assert.Equal("write:config", problem.GetProperty("errors")[0].GetProperty("code").GetString());
    }

    [Fact]
    public async Task Chains_show_what_their_NFs_hear_and_carry_the_revision_that_changed_them()
    {
        using HttpResponseMessage response = await Http.GetAsync("/api/v1/chains/edge-in", Cancellation);

        JsonElement chain = await RunningApi.BodyAsync(response, HttpStatusCode.OK);
        JsonElement ids = chain.GetProperty("subscriptions")[0];
        Assert.Equal("\"r1\"", response.Headers.ETag!.Tag);
        Assert.True(ids.GetProperty("declared").GetBoolean());
        Assert.Equal("EVENT/DPI_DETECT",
            ids.GetProperty("subscriptions")[0].GetProperty("event").GetString());
    }

    private static string?[] Paths(JsonElement problem)
        => [.. problem.GetProperty("errors").EnumerateArray().Select(
            e => e.GetProperty("path").GetString()).Order()];

    private Task<HttpResponseMessage> CommitAsync(string document, string? ifMatch)
        => SendAsync(Documents.Commit(document), ifMatch);

    private async Task<HttpResponseMessage> SendAsync(string body, string? ifMatch)
    {
        using var request =
            new HttpRequestMessage(HttpMethod.Post, Commits) { Content = RunningApi.Json(body) };
        if (ifMatch is not null)
        {
            request.Headers.IfMatch.Add(new EntityTagHeaderValue(ifMatch));
        }
        return await Http.SendAsync(request, Cancellation);
    }

    private Task<JsonElement> EndOfAsync(JsonElement operation)
        => UnboxAsync(RunningApi.UntilAsync<object>(async () =>
        {
            using HttpResponseMessage response = await Http.GetAsync(
                $"/api/v1/operations/{operation.GetProperty("id").GetString()}", Cancellation);
            JsonElement now = await RunningApi.BodyAsync(response, HttpStatusCode.OK);
            return now.GetProperty("state").GetString() == "running" ? null : now;
        }));

    private static async Task<JsonElement> UnboxAsync(Task<object> boxed) => (JsonElement)await boxed;

    private async Task<IReadOnlyList<JsonElement>> RevisionsAsync()
    {
        using HttpResponseMessage response =
            await Http.GetAsync("/api/v1/configuration/revisions", Cancellation);
        JsonElement page = await RunningApi.BodyAsync(response, HttpStatusCode.OK);
        return [.. page.GetProperty("items").EnumerateArray()];
    }
}
