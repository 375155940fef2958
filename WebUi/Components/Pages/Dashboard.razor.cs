using ControlApi.Contract.Live;
using Dataplane.Contract.Configuration;
using WebUi.Client;
using WebUi.Components.Controls;
using WebUi.Stores;

namespace WebUi.Components.Pages;

/// <summary>
/// The state in one sentence, traffic, the latest alerts, and each chain with its event rates.
/// </summary>
public sealed partial class Dashboard(
    StateStore state, RateStore rates, CatalogStore catalog, ConfigurationStore configuration,
    ReaderClock clock, ApiClient api) : LiveComponent
{
    private static readonly IReadOnlyList<ChartSeries> Lines =
    [
        new("received", "--app-series-1", false),
        new("sent", "--app-series-2", true),
    ];

    private bool _needsPassword;
    private string _fault = "";

    private RatesMessage? Now => rates.Latest;

    private string Headline => state switch
    {
        { AwaySince: not null } => "ControlApi does not answer. Traffic goes on.",
        { State.Sentence: var sentence } => sentence,
        { Status.Sentence: var sentence } => sentence,
        _ => "Connecting…",
    };

    private string Subline => state.AwaySince is { } since
        ? $"Last heard {clock.Ago(since)}. Nothing accepted is lost; this page goes on by itself."
        : state.Status is { } status
            ? $"Appliance {status.Node}, up since {clock.Short(status.StartedAt)}"
            : "";

    protected override async Task OnInitializedAsync()
    {
        Watch(state, rates, catalog, configuration, clock);
        try
        {
            await Task.WhenAll(
                state.LoadAsync(Gone), catalog.LoadAsync(Gone), configuration.LoadAsync(Gone),
                AskPasswordAsync());
        }
        catch (ApiException fault)
        {
            _fault = fault.Message;
        }
    }

    private async Task AskPasswordAsync() => _needsPassword = (await api.GetMeAsync(Gone)).NeedsPassword;

    private List<ChartPoint> Points(DateTimeOffset since) =>
    [
        .. rates.Since(since).Select(message => new ChartPoint(
            message.Time,
            [message.Ports.Sum(port => port.ReceivedBits), message.Ports.Sum(port => port.SentBits)])),
    ];

    private string EventsPerSecond(ChainDefinition chain)
    {
        HashSet<string> names = [.. chain.Stages.SelectMany(stage => stage.Nfs).Select(nf => nf.Name)];
        double? events = Now?.Nfs.Where(nf => names.Contains(nf.Name)).Sum(nf => nf.Events);
        return Rate.Text(events, "events/s");
    }

    private static string Listens(ChainDefinition chain) =>
        chain.Ports.Count > 1 ? $"inline, {string.Join(" ↔ ", chain.Ports)}" : "listening";
}
