using Dataplane.Contract.Configuration;
using WebUi.Client;

namespace WebUi.Stores;

/// <summary>The active configuration document; read again when the state tells of another revision.</summary>
public sealed class ConfigurationStore : Store, IDisposable
{
    private readonly ApiClient _api;
    private readonly StateStore _state;
    private readonly CancellationTokenSource _gone = new();
    private uint _seenRevision;

    public ConfigurationStore(ApiClient api, StateStore state)
    {
        (_api, _state) = (api, state);
        state.Changed += LookAtRevision;
    }

    /// <summary>Null until it was read once.</summary>
    public ConfigurationDocument? Document { get; private set; }

    /// <summary>What a commit is based on, such as "r41" with its quotes.</summary>
    public string ETag { get; private set; } = "";

    public async Task LoadAsync(CancellationToken cancel)
    {
        if (Document is not null)
        {
            return;
        }
        try
        {
            await RefreshAsync(cancel);
        }
        catch (ApiException fault) when (fault.Status is 404 or 503)
        {
            // A new appliance has no active revision for a moment; the state message that tells of one asks
            // again.
            _seenRevision = 0;
        }
    }

    public async Task RefreshAsync(CancellationToken cancel)
    {
        ApiReply<ConfigurationDocument> reply = await _api.GetConfigurationAsync(cancel);
        (Document, ETag) = (reply.Value, reply.ETag ?? "");
        Say();
    }

    public void Dispose()
    {
        _state.Changed -= LookAtRevision;
        _gone.Cancel();
        _gone.Dispose();
    }

    private void LookAtRevision()
    {
        uint revision = _state.Revision;
        if (revision != 0 && revision != _seenRevision)
        {
            _seenRevision = revision;
            _ = RefreshQuietlyAsync();
        }
    }

    private async Task RefreshQuietlyAsync()
    {
        try
        {
            await RefreshAsync(_gone.Token);
        }
        catch (Exception fault) when (fault is ApiException or OperationCanceledException)
        {
            // The next state message, sent when ControlApi is back, asks again.
            _seenRevision = 0;
        }
    }
}
