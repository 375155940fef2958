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
        _ = ReadAsync();
    }

    private static int Share(DropCount drop, double most) => (int)Math.Max(2, 100 * drop.Packets / most);

    private int Share(DropCount drop) => Share(drop, _drops[0].Packets);

    private async Task ReadAsync()
    {
        using var timer = new PeriodicTimer(ReadInterval, Time);
        CancellationToken gone = Gone;
        do
        {
            try
            {
                IReadOnlyList<DropCount> all = (await api.GetDropsAsync(gone)).Items;
                _drops = [.. all.Where(drop => drop.Packets > 0).OrderByDescending(drop => drop.Packets).Take(ShownMax)];
            }
            catch (ApiException)
            {
                // The pill says that ControlApi is away; the last figures stay.
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
        while (await TickAsync(timer, gone));
    }

    private static async Task<bool> TickAsync(PeriodicTimer timer, CancellationToken gone)
    {
        try
        {
            return await timer.WaitForNextTickAsync(gone);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
