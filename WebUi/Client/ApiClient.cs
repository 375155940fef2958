using System.Text.Json;
using ControlApi.Contract;
using ControlApi.Contract.Configuration;
using ControlApi.Contract.Live;
using ControlApi.Contract.Notices;
using ControlApi.Contract.Security;
using ControlApi.Contract.Status;
using Dataplane.Contract.Catalog;
using Dataplane.Contract.Configuration;
using Dataplane.Contract.Live;

namespace WebUi.Client;

/// <summary>ControlApi's REST as the reader of this circuit may use it.</summary>
public sealed class ApiClient(ApiTransport transport, ReaderToken reader)
{
    public Task<ApplianceStatus> GetStatusAsync(CancellationToken cancel) =>
        GetAsync<ApplianceStatus>("/system", cancel);

    public Task<HealthReport> GetHealthAsync(CancellationToken cancel) =>
        GetAsync<HealthReport>("/system/health", cancel);

    public Task<ApplianceCatalog> GetCatalogAsync(CancellationToken cancel) =>
        GetAsync<ApplianceCatalog>("/catalog", cancel);

    public Task<Page<PortStatus>> GetPortsAsync(CancellationToken cancel) =>
        GetAsync<Page<PortStatus>>("/ports", cancel);

    public Task<Page<WorkerStatus>> GetWorkersAsync(CancellationToken cancel) =>
        GetAsync<Page<WorkerStatus>>("/workers", cancel);

    public Task<Page<DropCount>> GetDropsAsync(CancellationToken cancel) =>
        GetAsync<Page<DropCount>>("/drops", cancel);

    public Task<Page<FlowStatus>> GetFlowsAsync(int limit, CancellationToken cancel) =>
        GetAsync<Page<FlowStatus>>(FormattableString.Invariant($"/flows?limit={limit}"), cancel);

    /// <summary>Rules that were checked at least once, by "matches", "checks", "time", "lastHit" or
    /// "sid".</summary>
    public Task<Page<RuleStatus>> GetRulesAsync(string order, int limit, CancellationToken cancel) =>
        GetAsync<Page<RuleStatus>>(FormattableString.Invariant($"/rules?limit={limit}&sort={order}"), cancel);

    /// <summary>Who hears what of a live flow, and why its stack is so deep.</summary>
    public Task<FlowDemand> GetDemandAsync(string flow, CancellationToken cancel) =>
        GetAsync<FlowDemand>($"/flows/{Uri.EscapeDataString(flow)}/demand", cancel);

    /// <summary>Switches a subscription for one live flow; needs write:config.</summary>
    public Task<SubscriptionChanged> SwitchAsync(
        string flow, FlowSubscription change, CancellationToken cancel) =>
        SendAsync<SubscriptionChanged>(
            new ApiRequest(HttpMethod.Post, $"/flows/{Uri.EscapeDataString(flow)}/subscriptions")
            {
                Body = change,
            },
            cancel);

    public Task<Page<Alert>> GetAlertsAsync(string filter, string? after, int limit, CancellationToken cancel)
    {
        string path = FormattableString.Invariant($"/alerts?limit={limit}");
        if (filter.Length > 0)
        {
            path += "&filter=" + Uri.EscapeDataString(filter);
        }
        if (after is not null)
        {
            path += "&after=" + Uri.EscapeDataString(after);
        }
        return GetAsync<Page<Alert>>(path, cancel);
    }

    public Task<Alert> GetAlertAsync(string id, CancellationToken cancel) =>
        GetAsync<Alert>("/alerts/" + Uri.EscapeDataString(id), cancel);

    public Task<JsonElement> GetEveAsync(string noticeId, CancellationToken cancel) =>
        GetAsync<JsonElement>($"/notices/{Uri.EscapeDataString(noticeId)}/eve", cancel);

    /// <summary>The bytes kept of the packet that caused a notice; needs read:packets.</summary>
    public async Task<byte[]> GetPacketAsync(string noticeId, CancellationToken cancel)
    {
        var request = new ApiRequest(HttpMethod.Get, $"/notices/{Uri.EscapeDataString(noticeId)}/packet");
        using HttpResponseMessage answer = await transport.SendAsync(await SignAsync(request), cancel);
        return await answer.Content.ReadAsByteArrayAsync(cancel);
    }

    public async Task<ApiReply<ConfigurationDocument>> GetConfigurationAsync(CancellationToken cancel) =>
        await transport.SendAsync<ConfigurationDocument>(
            await SignAsync(new ApiRequest(HttpMethod.Get, "/configuration")), cancel);

    public Task<Operation> CommitAsync(CommitRequest commit, string baseTag, CancellationToken cancel) =>
        SendAsync<Operation>(
            new ApiRequest(HttpMethod.Post, "/configuration/commits") { Body = commit, IfMatch = baseTag },
            cancel);

    /// <summary>Every fault that a commit of this document would find.</summary>
    public Task<DraftCheck> CheckAsync(ConfigurationDocument document, CancellationToken cancel) =>
        SendAsync<DraftCheck>(DraftRequestOf("check", document), cancel);

    /// <summary>What would run for this document, with its reasons.</summary>
    public Task<ChainPlan> PlanAsync(ConfigurationDocument document, CancellationToken cancel) =>
        SendAsync<ChainPlan>(DraftRequestOf("plan", document), cancel);

    /// <summary>What runs for a chain of the active document, with its reasons.</summary>
    public Task<PlannedChain> GetPlanAsync(string chain, CancellationToken cancel) =>
        GetAsync<PlannedChain>($"/chains/{Uri.EscapeDataString(chain)}/plan", cancel);

    public Task<Operation> GetOperationAsync(string id, CancellationToken cancel) =>
        GetAsync<Operation>("/operations/" + Uri.EscapeDataString(id), cancel);

    public Task<Page<RevisionSummary>> GetRevisionsAsync(CancellationToken cancel) =>
        GetAsync<Page<RevisionSummary>>("/configuration/revisions", cancel);

    public Task<Revision> GetRevisionAsync(uint number, CancellationToken cancel) =>
        GetAsync<Revision>(FormattableString.Invariant($"/configuration/revisions/{number}"), cancel);

    public Task<Operation> RestoreAsync(uint number, CancellationToken cancel) =>
        SendAsync<Operation>(
            new ApiRequest(
                HttpMethod.Post, FormattableString.Invariant($"/configuration/revisions/{number}/restore")),
            cancel);

    /// <summary>The OpenAPI description of the running ControlApi.</summary>
    public Task<JsonElement> GetDescriptionAsync(CancellationToken cancel) =>
        SendAsync<JsonElement>(new ApiRequest(HttpMethod.Get, "/openapi/v1.json") { Root = "" }, cancel);

    public Task<Page<KeySummary>> GetKeysAsync(CancellationToken cancel) =>
        GetAsync<Page<KeySummary>>("/keys", cancel);

    public Task<KeyCreated> CreateKeyAsync(KeyRequest key, CancellationToken cancel) =>
        SendAsync<KeyCreated>(new ApiRequest(HttpMethod.Post, "/keys") { Body = key }, cancel);

    public async Task RevokeKeyAsync(string id, CancellationToken cancel)
    {
        var request = new ApiRequest(HttpMethod.Delete, "/keys/" + Uri.EscapeDataString(id));
        using HttpResponseMessage answer = await transport.SendAsync(await SignAsync(request), cancel);
    }

    public Task<Me> GetMeAsync(CancellationToken cancel) => GetAsync<Me>("/me", cancel);

    public async Task SetPasswordAsync(PasswordRequest password, CancellationToken cancel)
    {
        var request = new ApiRequest(HttpMethod.Put, "/me/password") { Body = password };
        using HttpResponseMessage answer = await transport.SendAsync(await SignAsync(request), cancel);
    }

    private static ApiRequest DraftRequestOf(string what, ConfigurationDocument document) =>
        new(HttpMethod.Post, "/configuration/draft/" + what)
        {
            Body = new DraftRequest
            {
                Document = JsonSerializer.SerializeToElement(
                    document, ConfigurationJson.Default.ConfigurationDocument),
            },
        };

    private Task<T> GetAsync<T>(string path, CancellationToken cancel) =>
        SendAsync<T>(new ApiRequest(HttpMethod.Get, path), cancel);

    private async Task<T> SendAsync<T>(ApiRequest request, CancellationToken cancel) =>
        (await transport.SendAsync<T>(await SignAsync(request), cancel)).Value;

    private async Task<ApiRequest> SignAsync(ApiRequest request) =>
        request with { Token = await reader.GetAsync() };
}
