using ControlApi.Contract.Notices;
using WebUi.Client;
using WebUi.Stores;

namespace WebUi.Components.Controls;

/// <summary>
/// The newest alerts as they come; screen readers hear of the newest at most once in five seconds.
/// </summary>
public sealed partial class RecentAlerts(AlertStore alerts, CatalogStore catalog, StateStore state)
    : LiveComponent
{
    private const int ShownMax = 7;
    private static readonly TimeSpan SpokenInterval = TimeSpan.FromSeconds(5);

    private readonly HashSet<string> _settled = [];
    private DateTimeOffset _spokenAt;
    private string _spoken = "";
    private string _fault = "";
    private bool _loaded;
    private bool _isOpening;

    protected override async Task OnInitializedAsync()
    {
        Watch(alerts, state);
        await catalog.LoadAsync(Gone);
        await OpenAsync();
    }

    protected override void Refresh()
    {
        if (!_loaded && !_isOpening && state.IsLive)
        {
            _ = OpenAsync();
        }
        DateTimeOffset now = Time.GetUtcNow();
        if (alerts.Read(1) is [var newest] && !_settled.Contains(newest.Id)
            && now - _spokenAt >= SpokenInterval)
        {
            _spokenAt = now;
            _spoken = $"New alert: {newest.Title}";
        }
    }

    private async Task OpenAsync()
    {
        _isOpening = true;
        try
        {
            await alerts.OpenAsync("", Gone);
            _settled.UnionWith(alerts.Read(ShownMax).Select(alert => alert.Id));
            _spokenAt = Time.GetUtcNow();
            (_loaded, _fault) = (true, "");
        }
        catch (ApiException fault)
        {
            _fault = fault.Message;
        }
        catch (OperationCanceledException) when (Gone.IsCancellationRequested)
        {
            // The reader left while it was being read.
        }
        finally
        {
            _isOpening = false;
        }
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _ = alerts.CloseAsync().AsTask();
    }
}
