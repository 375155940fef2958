using System.Globalization;
using ControlApi.Contract.Notices;
using Microsoft.AspNetCore.Components;
using WebUi.Client;
using WebUi.Components.Controls;
using WebUi.Stores;

namespace WebUi.Components.Pages;

/// <summary>Alerts as they come, with pause and a filter that lives in the address bar.</summary>
public sealed partial class Alerts(AlertStore alerts, NavigationManager navigation) : LiveComponent
{
    /// <summary>Rows that a browser draws at once.</summary>
    private const int RowsMax = 500;
    private const int FirstRows = 100;

    private IReadOnlyList<Notice> _rows = [];
    private int _shown = FirstRows;
    private string? _opened;
    private string _fault = "";

    [SupplyParameterFromQuery(Name = "filter")]
    private string? FilterInAddress { get; set; }

    private string Summary
    {
        get
        {
            string skipped = alerts.Skipped > 0 ? $", {Rate.Count(alerts.Skipped)} not shown" : "";
            return alerts.IsPaused ? $"Paused{skipped}" : $"Live, newest first{skipped}";
        }
    }

    protected override void OnInitialized() => Watch(alerts);

    protected override async Task OnParametersSetAsync()
    {
        string wanted = FilterInAddress ?? "";
        if (wanted == _opened)
        {
            return;
        }
        _opened = wanted;
        _shown = FirstRows;
        try
        {
            await alerts.OpenAsync(wanted, Gone);
            _fault = "";
        }
        catch (ApiException fault)
        {
            _fault = fault.Message;
        }
        Refresh();
    }

    protected override void Refresh() => _rows = alerts.Read(_shown);

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _ = alerts.CloseAsync().AsTask();
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    private void TogglePause()
    {
        if (alerts.IsPaused)
        {
            alerts.Resume();
        }
        else
        {
            alerts.Pause();
        }
        Refresh();
    }

    private void FilterBy(string filter) => navigation.NavigateTo(
        filter.Length == 0 ? "/alerts" : "/alerts?filter=" + Uri.EscapeDataString(filter));

    private void Add(string condition) => FilterBy(FilterText.And(alerts.Filter, condition));

    private async Task LoadOlderAsync()
    {
        try
        {
            await alerts.LoadOlderAsync(Gone);
            _shown = Math.Min(RowsMax, _shown + AlertStore.PageRows);
            Refresh();
        }
        catch (ApiException fault)
        {
            _fault = fault.Message;
        }
    }
}
