using ControlApi.Contract.Live;
using ControlApi.Contract.Security;
using Dataplane.Contract.Live;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using WebUi.Client;
using WebUi.Components.Controls;

namespace WebUi.Components.Pages;

/// <summary>One live flow: who hears what of it right now, which subscription asks for which part of its
/// stack, and a switch for each.</summary>
public sealed partial class FlowPage(ApiClient api, AuthenticationStateProvider authentication)
    : LiveComponent
{
    private const int NotFoundStatus = 404;
    private static readonly TimeSpan ReadInterval = TimeSpan.FromSeconds(1);

    private FlowDemand? _demand;
    private bool _hasEnded;
    private bool _mayWrite;
    private string _fault = "";
    private string _said = "";

    [Parameter]
    public string Id { get; set; } = "";

    protected override async Task OnInitializedAsync()
    {
        _mayWrite = AccessToken.Allows(
            (await authentication.GetAuthenticationStateAsync()).User, Scopes.WriteConfig);
        _ = Polled.RunAsync(ReadAsync, ReadInterval, Time, Gone);
    }

    private static string DepthText(FlowDemand demand) => demand.Depth.Count == 0
        ? "Bypass: nobody asks for more than counting, so the flow costs a look-up and a send."
        : "No deeper than its subscribers ask for:";

    private static string Askers(FlowDemand demand, string part)
    {
        string[] askers =
        [
            .. demand.Subscriptions.Where(row => row.AsksFor.Contains(part))
                .Select(row => $"{row.Nf} ({row.Subscription})"),
        ];
        return askers.Length == 0
            ? "nobody any more; given up with the next packet"
            : string.Join(", ", askers);
    }

    private static string StateWords(string state) => state switch
    {
        "on" => "It hears these events of this flow.",
        "waiting" => "Off; the stack keeps bytes for it, so that it can begin before now.",
        "excluded" => "Its filter does not take this flow.",
        _ => "It hears nothing of this flow.",
    };

    private async Task ReadAsync(CancellationToken gone)
    {
        if (_hasEnded)
        {
            return;
        }
        try
        {
            _demand = await api.GetDemandAsync(Id, gone);
            _fault = "";
        }
        catch (ApiException fault) when (fault.Status == NotFoundStatus)
        {
            _hasEnded = true;
            _fault = _demand is null ? "No live flow has this number: it has ended, or never was." : "";
        }
        catch (ApiException fault) when (fault is not ApiAwayException)
        {
            _fault = fault.Message;
        }
        await InvokeAsync(StateHasChanged);
    }

    private async Task SwitchAsync(SubscriptionDemand row)
    {
        try
        {
            bool on = row.State != "on";
            SubscriptionChanged changed = await api.SwitchAsync(
                Id, new FlowSubscription { Nf = row.Nf, Subscription = row.Subscription, On = on }, Gone);
            _said = changed.Flows is [ChangedFlow flow, ..]
                ? $"{row.Nf} / {row.Subscription} {(on ? "on" : "off")} behind event {flow.EventNumber}."
                : "Nothing had to change.";
            await ReadAsync(Gone);
        }
        catch (ApiException fault)
        {
            _fault = fault.Message;
        }
    }
}
