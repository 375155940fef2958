using ControlApi.Contract.Live;
using ControlApi.Contract.Status;
using WebUi.Client;
using WebUi.Components.Controls;
using WebUi.Stores;

namespace WebUi.Components.Pages;

/// <summary>Links and counters of the ports, and how busy workers and NFs are.</summary>
public sealed partial class Ports(ApiClient api, RateStore rates) : LiveComponent
{
    private static readonly TimeSpan ReadInterval = TimeSpan.FromSeconds(2);

    private IReadOnlyList<PortStatus> _ports = [];
    private IReadOnlyList<WorkerStatus> _workers = [];
    private string _fault = "";

    protected override void OnInitialized()
    {
        Watch(rates);
        _ = Polled.RunAsync(ReadAsync, ReadInterval, Time, Gone);
    }

    private static string Speed(PortStatus port) =>
        port.LinkMegabitsPerSecond is > 0 and { } speed ? $", {Rate.Text(speed * 1e6, "b/s")}" : "";

    private static string Name(WorkerStatus worker) =>
        worker.Core is { } core ? $"{worker.Worker}, core {core}" : $"{worker.Worker}, no core";

    private static string Note(WorkerStatus worker, WorkerRate? rate)
    {
        string asleep = worker.Sleeping ? ", asleep" : "";
        string lost = worker.RingOverflows > 0 ? $", {Rate.Count(worker.RingOverflows)} records lost" : "";
        return $"{Rate.Text(rate?.Packets, "p/s")}, {Rate.Count(worker.Flows)} flows{asleep}{lost}";
    }

    private async Task ReadAsync(CancellationToken gone)
    {
        try
        {
            _ports = (await api.GetPortsAsync(gone)).Items;
            _workers = (await api.GetWorkersAsync(gone)).Items;
            _fault = "";
        }
        catch (ApiException fault) when (fault is not ApiAwayException)
        {
            _fault = fault.Message;
        }
        await InvokeAsync(StateHasChanged);
    }
}
