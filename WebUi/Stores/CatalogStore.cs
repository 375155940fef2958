using Dataplane.Contract.Catalog;
using WebUi.Client;

namespace WebUi.Stores;

/// <summary>What the dataplane can do: NF kinds and event types. Read once per circuit.</summary>
public sealed class CatalogStore(ApiClient api) : Store
{
    private const string AlertPath = "EVENT/IDS_ALERT";
    private Task<ApplianceCatalog>? _loading;

    public IReadOnlyDictionary<string, NfKind> Kinds { get; private set; } = new Dictionary<string, NfKind>();

    public IReadOnlyDictionary<string, EventType> Events { get; private set; } = new Dictionary<string, EventType>();

    public async Task LoadAsync(CancellationToken cancel)
    {
        if (_loading is null || _loading.IsFaulted || _loading.IsCanceled)
        {
            _loading = api.GetCatalogAsync(cancel);
        }
        ApplianceCatalog catalog = await _loading;
        Kinds = catalog.NfKinds.ToDictionary(kind => kind.Kind);
        Events = catalog.EventTypes.ToDictionary(type => type.Path);
        Say();
    }

    /// <summary>Whether a notice of this type belongs in the alert list.</summary>
    public bool IsAlert(string type) =>
        type == AlertPath || type.StartsWith(AlertPath + "/", StringComparison.Ordinal)
        || Events.GetValueOrDefault(type)?.Notice is { Alert: true };
}

