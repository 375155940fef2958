using ControlApi.Contract.Notices;
using WebUi.Client;
using WebUi.Stores;

namespace WebUi.Components.Controls;

/// <summary>The newest alerts as they come; screen readers hear of the newest at most once in five seconds.</summary>
public sealed partial class RecentAlerts(AlertStore alerts) : LiveComponent
{
    private const int ShownMax = 7;
    private static readonly TimeSpan SpokenInterval = TimeSpan.FromSeconds(5);

    private readonly HashSet<string> _settled = [];
    private DateTimeOffset _spokenAt;
    private string _spoken = "";
    private string _fault = "";
    private bool _loaded;

    protected override async Task OnInitializedAsync()
    {
        Watch(alerts);
        try
        {
            await alerts.OpenAsync("", Gone);
            _settled.UnionWith(alerts.Read(ShownMax).Select(alert => alert.Id));
            _spokenAt = Time.GetUtcNow();
            _loaded = true;
        }
        catch (ApiException fault)
        {
            _fault = fault.Message;
        }
    }

    protected override void Refresh()
    {
        DateTimeOffset now = Time.GetUtcNow();
        if (alerts.Read(1) is [var newest] && !_settled.Contains(newest.Id) && now - _spokenAt >= SpokenInterval)
        {
            _spokenAt = now;
            _spoken = $"New alert: {newest.Title}";
        }
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _ = alerts.DisposeAsync().AsTask();
    }
}
