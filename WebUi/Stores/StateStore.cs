using ControlApi.Contract.Live;
using ControlApi.Contract.Status;
using WebUi.Client;

namespace WebUi.Stores;

/// <summary>
/// How the appliance is: its state in a sentence, the active revision, and whether we hear of it at all.
/// </summary>
public sealed class StateStore : Store, IDisposable
{
    private readonly LiveFeed _feed;
    private readonly ApiClient _api;
    private readonly TimeProvider _time;

    public StateStore(LiveFeed feed, ApiClient api, TimeProvider time)
    {
        (_feed, _api, _time) = (feed, api, time);
        feed.StateArrived += Hear;
        feed.ConnectionChanged += Connected;
    }

    /// <summary>The last state told; null before the first.</summary>
    public StateMessage? State { get; private set; }

    public ApplianceStatus? Status { get; private set; }

    /// <summary>Since when ControlApi has been away; null while it tells us things.</summary>
    public DateTimeOffset? AwaySince { get; private set; }

    public bool IsLive => State is not null && AwaySince is null;

    public uint Revision => State?.Revision ?? Status?.Revision ?? 0;

    public async Task LoadAsync(CancellationToken cancel)
    {
        if (Status is null)
        {
            await RefreshAsync(cancel);
        }
    }

    public async Task RefreshAsync(CancellationToken cancel)
    {
        Status = await _api.GetStatusAsync(cancel);
        Say();
    }

    public void Dispose()
    {
        _feed.StateArrived -= Hear;
        _feed.ConnectionChanged -= Connected;
    }

    private void Hear(StateMessage state)
    {
        State = state;
        Say();
    }

    private void Connected(bool connected)
    {
        AwaySince = connected ? null : AwaySince ?? _time.GetUtcNow();
        Say();
    }
}
