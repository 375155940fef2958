using System.Net;
using System.Text.Json;
using ControlApi.Tests.Harness;

namespace ControlApi.Tests.Endpoints;

public sealed class DemandEndpointsTests() : ConfiguredApi("read:*,write:config,admin")
{
    [Fact]
    public async Task A_subscription_is_switched_for_one_flow_answered_with_the_number_and_audited()
    {
        using HttpResponseMessage response = await PostAsync(
            "/api/v1/flows/7/subscriptions",
            """{"nf":"ids","subscription":"stream","on":true,"start":"offset:0"}""");

        JsonElement changed = await RunningApi.BodyAsync(response, HttpStatusCode.OK);
        Assert.Equal(41, changed.GetProperty("flows")[0].GetProperty("eventNumber").GetInt32());
        Assert.Equal(("7", "stream", "offset:0"),
            (Dataplane.Changes[0].Flow, Dataplane.Changes[0].Subscription, Dataplane.Changes[0].Start));
        using HttpResponseMessage audit = await Http.GetAsync("/api/v1/audit", Cancellation);
        JsonElement entries = (await RunningApi.BodyAsync(audit, HttpStatusCode.OK)).GetProperty("items");
        Assert.Contains(entries.EnumerateArray(), entry =>
            entry.GetProperty("action").GetString() == "subscriptions.on"
            && entry.GetProperty("subject").GetString() == "ids/stream");
    }

    [Fact]
    public async Task A_subscription_is_switched_for_all_flows_of_a_filter()
    {
        using HttpResponseMessage response = await PostAsync(
            "/api/v1/subscriptions", """{"nf":"ids","on":false,"filter":"tcp port 80"}""");

        await RunningApi.BodyAsync(response, HttpStatusCode.OK);
        Assert.Equal(("tcp port 80", false), (Dataplane.Changes[0].Filter, Dataplane.Changes[0].On));
    }

    [Fact]
    public async Task Faults_are_422_an_unknown_flow_is_404_and_readers_may_not_switch()
    {
        using HttpResponseMessage fault = await PostAsync(
            "/api/v1/subscriptions", """{"nf":"nobody","on":false,"filter":""}""");
        using HttpResponseMessage gone = await PostAsync(
            "/api/v1/flows/8/subscriptions", """{"nf":"ids","on":true}""");
        using HttpClient reader = await Api.ClientAsync("read:*");
        using HttpResponseMessage refused = await reader.PostAsync(
            "/api/v1/subscriptions", RunningApi.Json("""{"nf":"ids","on":true,"filter":""}"""), Cancellation);

        JsonElement problem = await RunningApi.BodyAsync(fault, HttpStatusCode.UnprocessableEntity);
        Assert.Equal("/nf", problem.GetProperty("errors")[0].GetProperty("path").GetString());
        await RunningApi.BodyAsync(gone, HttpStatusCode.NotFound);
        await RunningApi.BodyAsync(refused, HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Readers_see_who_hears_what_of_a_flow()
    {
        using HttpClient reader = await Api.ClientAsync("read:*");
        using HttpResponseMessage one = await reader.GetAsync("/api/v1/flows/7/demand", Cancellation);
        using HttpResponseMessage all =
            await reader.GetAsync("/api/v1/demand?filter=tcp&limit=5", Cancellation);
        using HttpResponseMessage none = await reader.GetAsync("/api/v1/flows/9/demand", Cancellation);

        JsonElement demand = await RunningApi.BodyAsync(one, HttpStatusCode.OK);
        Assert.Equal("server half", demand.GetProperty("depth")[0].GetString());
        JsonElement page = await RunningApi.BodyAsync(all, HttpStatusCode.OK);
        Assert.Equal("7", page.GetProperty("items")[0].GetProperty("flow").GetString());
        await RunningApi.BodyAsync(none, HttpStatusCode.NotFound);
    }
}
