using ControlApi.Contract.Status;
using WebUi.Client;
using WebUi.Components.Controls;
using WebUi.Stores;

namespace WebUi.Components.Pages;

/// <summary>The live flows that carry most; rates come from two looks one second apart.</summary>
public sealed partial class Flows(ApiClient api, RateStore rates) : LiveComponent
{
    private const int FlowsMax = 200;
    private static readonly TimeSpan ReadInterval = TimeSpan.FromSeconds(1);

    private enum Order
    {
        Rate,
        Bytes,
        Age,
    }

    private readonly FlowRates _rates = new();
    private IReadOnlyList<FlowRate> _rows = [];
    private Order _order = Order.Rate;
    private bool _paused;
    private string _fault = "";

    private string Summary => _paused
        ? "Paused"
        : $"{Rate.Count(rates.Latest?.Flows)} followed, showing the {_rows.Count} that carry most";

    private IReadOnlyList<FlowRate> Ordered =>
    [
        .. _order switch
        {
            Order.Bytes => _rows.OrderByDescending(row => row.Flow.ClientBytes + row.Flow.ServerBytes),
            Order.Age => _rows.OrderByDescending(row => row.Flow.FirstSeen),
            _ => _rows.OrderByDescending(row => row.BitsPerSecond),
        },
    ];

    // A flow whose beginning was not seen has no age.
    private static string Age(FlowStatus flow) => flow.FirstSeen == DateTimeOffset.UnixEpoch
        ? "–"
        : ReaderClock.Span(flow.LastSeen - flow.FirstSeen);

    protected override void OnInitialized()
    {
        Watch(rates);
        _ = Polled.RunAsync(ReadAsync, ReadInterval, Time, Gone);
    }

    private async Task ReadAsync(CancellationToken gone)
    {
        if (_paused)
        {
            return;
        }
        try
        {
            IReadOnlyList<FlowStatus> flows = (await api.GetFlowsAsync(FlowsMax, gone)).Items;
            _rows = _rates.Next(flows, Time.GetUtcNow());
            _fault = "";
        }
        catch (ApiException fault) when (fault is not ApiAwayException)
        {
            _fault = fault.Message;
        }
        await InvokeAsync(StateHasChanged);
    }
}
