using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace WebUi.Components.Controls;

/// <summary>A line chart that moves with time: uPlot draws, and only new points go to the browser.</summary>
public sealed partial class TimeChart(IJSRuntime js) : IAsyncDisposable
{
    private ElementReference _element;
    private IJSObjectReference? _module;
    private IJSObjectReference? _chart;
    private DateTimeOffset _last = DateTimeOffset.MinValue;
    private bool _busy;

    [Parameter, EditorRequired]
    public string Label { get; set; } = "";

    [Parameter, EditorRequired]
    public IReadOnlyList<ChartSeries> Series { get; set; } = [];

    /// <summary>Points later than a time, oldest first.</summary>
    [Parameter, EditorRequired]
    public Func<DateTimeOffset, IReadOnlyList<ChartPoint>> PointsSince { get; set; } = _ => [];

    [Parameter]
    public string Unit { get; set; } = "";

    [Parameter]
    public string ZoneName { get; set; } = "UTC";

    [Parameter]
    public int SpanSeconds { get; set; } = 180;

    [Parameter]
    public int HeightPixels { get; set; } = 220;

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (_busy)
        {
            return;
        }
        _busy = true;
        try
        {
            await (_chart is null ? CreateAsync() : AppendAsync());
        }
        catch (JSDisconnectedException)
        {
            // The reader left the page between two points.
        }
        finally
        {
            _busy = false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_chart is not null)
            {
                await _chart.InvokeVoidAsync("dispose");
                await _chart.DisposeAsync();
            }
            if (_module is not null)
            {
                await _module.DisposeAsync();
            }
        }
        catch (JSDisconnectedException)
        {
            // The page is gone, and the chart with it.
        }
    }

    private async Task CreateAsync()
    {
        _module ??= await js.InvokeAsync<IJSObjectReference>("import", "./js/timeChart.js");
        var settings = new
        {
            series = Series,
            unit = Unit,
            spanSeconds = SpanSeconds,
            height = HeightPixels,
            timeZone = ZoneName,
        };
        _chart = await _module.InvokeAsync<IJSObjectReference>("create", _element, settings, TakeNew());
    }

    private async Task AppendAsync()
    {
        double[][] added = TakeNew();
        if (added[0].Length > 0)
        {
            await _chart!.InvokeVoidAsync("append", (object)added);
        }
    }

    // Columns as uPlot takes them: times in seconds, then one column a series.
    private double[][] TakeNew()
    {
        IReadOnlyList<ChartPoint> points = PointsSince(_last);
        if (points.Count > 0)
        {
            _last = points[^1].Time;
        }
        return
        [
            [.. points.Select(point => point.Time.ToUnixTimeMilliseconds() / 1000.0)],
            .. Enumerable.Range(0, Series.Count).Select(
                i => points.Select(point => point.Values[i]).ToArray()),
        ];
    }
}
