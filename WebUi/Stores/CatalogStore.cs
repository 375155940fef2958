using Dataplane.Contract.Catalog;
using WebUi.Client;

namespace WebUi.Stores;

/// <summary>
/// What the dataplane can do: NF kinds and event types. Empty until the dataplane has been connected once;
/// read again when it connects.
/// </summary>
public sealed class CatalogStore : Store, IDisposable
{
    private const string AlertPath = "EVENT/IDS_ALERT";

    private readonly ApiClient _api;
    private readonly StateStore _state;
    private readonly CancellationTokenSource _gone = new();
    private DateTimeOffset? _seenSince;

    public CatalogStore(ApiClient api, StateStore state)
    {
        (_api, _state) = (api, state);
        state.Changed += LookAtDataplane;
    }

    public IReadOnlyDictionary<string, NfKind> Kinds { get; private set; } = new Dictionary<string, NfKind>();

    public IReadOnlyDictionary<string, EventType> Events { get; private set; } =
        new Dictionary<string, EventType>();

    /// <summary>Reads it unless it is known. A dataplane that is away leaves it empty for now.</summary>
    public async Task LoadAsync(CancellationToken cancel)
    {
        if (Kinds.Count == 0)
        {
            await RefreshAsync(cancel);
        }
    }

    /// <summary>Whether a notice of this type belongs in the alert list.</summary>
    public bool IsAlert(string type) =>
        type == AlertPath || type.StartsWith(AlertPath + "/", StringComparison.Ordinal)
        || Events.GetValueOrDefault(type)?.Notice is { Alert: true };

    /// <summary>The types of alerts in the filter language; empty while the catalogue is not known.</summary>
    public string AlertCondition()
    {
        string[] paths =
            [.. Events.Values.Where(type => type.Notice is { Alert: true }).Select(type => type.Path)];
        return paths.Length == 0 ? "" : $"type in {{{string.Join(',', paths)}}}";
    }

    public void Dispose()
    {
        _state.Changed -= LookAtDataplane;
        _gone.Cancel();
        _gone.Dispose();
    }

    private void LookAtDataplane()
    {
        if (_state.State is { DataplaneConnected: true, DataplaneSince: var since } && since != _seenSince)
        {
            _seenSince = since;
            _ = RefreshAsync(_gone.Token);
        }
    }

    private async Task RefreshAsync(CancellationToken cancel)
    {
        try
        {
            ApplianceCatalog catalog = await _api.GetCatalogAsync(cancel);
            Kinds = catalog.NfKinds.ToDictionary(kind => kind.Kind);
            Events = catalog.EventTypes.ToDictionary(type => type.Path);
            Say();
        }
        catch (ApiException fault) when (fault.Status == 503)
        {
            // No dataplane was connected yet: the state message that tells of it asks again.
            _seenSince = null;
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The reader left.
        }
    }
}
