using ControlApi.Contract.Status;
using WebUi.Client;
using WebUi.Components.Controls;

namespace WebUi.Components.Pages;

/// <summary>What each rule cost and found since its rule set came into use, read every two seconds.</summary>
public sealed partial class Rules(ApiClient api) : LiveComponent
{
    private const int RulesMax = 200;
    private const double NanosecondsPerSecond = 1e9;
    private static readonly TimeSpan ReadInterval = TimeSpan.FromSeconds(2);

    private IReadOnlyList<RuleStatus> _rows = [];
    private string _order = "matches";
    private bool _paused;
    private string _fault = "";

    private string Summary => _paused
        ? "Paused"
        : $"{_rows.Count}{(_rows.Count == RulesMax ? " first" : "")} of those compared with traffic";

    protected override void OnInitialized() =>
        _ = Polled.RunAsync(gone => _paused ? Task.CompletedTask : ReadAsync(gone), ReadInterval, Time, Gone);

    private static string AlertsOf(RuleStatus rule) =>
        "/alerts?filter=" + Uri.EscapeDataString(FormattableString.Invariant($"sid = {rule.Sid}"));

    // Nothing timed yet is not nothing spent.
    private static string Seconds(double nanoseconds) => nanoseconds == 0
        ? "–" : Rate.Small(nanoseconds / NanosecondsPerSecond, "s");

    private Task ReadNowAsync() => ReadAsync(Gone);

    private async Task ReadAsync(CancellationToken gone)
    {
        try
        {
            _rows = (await api.GetRulesAsync(_order, RulesMax, gone)).Items;
            _fault = "";
        }
        catch (ApiException fault) when (fault is not ApiAwayException)
        {
            _fault = fault.Message;
        }
        await InvokeAsync(StateHasChanged);
    }
}
