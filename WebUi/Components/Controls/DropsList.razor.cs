using ControlApi.Contract.Status;
using WebUi.Client;
using WebUi.Stores;

namespace WebUi.Components.Controls;

/// <summary>Why packets went no further, most frequent first; read again while packets are dropped.</summary>
public sealed partial class DropsList(ApiClient api, RateStore rates) : LiveComponent
{
    private const int ShownMax = 8;
    private static readonly TimeSpan ReadInterval = TimeSpan.FromSeconds(5);

    private IReadOnlyList<DropCount> _drops = [];

    protected override void OnInitialized()
    {
        Watch(rates);
        _ = Polled.RunAsync(ReadAsync, ReadInterval, Time, Gone);
    }

    private int Share(DropCount drop) => (int)Math.Max(2, 100 * drop.Packets / _drops[0].Packets);

    private async Task ReadAsync(CancellationToken gone)
    {
        IReadOnlyList<DropCount> all = (await api.GetDropsAsync(gone)).Items;
        _drops =
            [.. all.Where(drop => drop.Packets > 0).OrderByDescending(drop => drop.Packets).Take(ShownMax)];
        await InvokeAsync(StateHasChanged);
    }
}
