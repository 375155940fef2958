using System.Collections.Concurrent;
using Dataplane.Contract.Shared;

namespace ControlApi.Notices;

/// <summary>Catalogues that lie beside the spool's segments, by the hash that segments name.</summary>
public sealed class CatalogFiles(string spoolFolder)
{
    private readonly ConcurrentDictionary<ulong, SpoolCatalog> _read = new();
    private SpoolCatalog _latest = SpoolCatalog.Empty;

    /// <summary>The catalogue used last, from the spool or from the dataplane itself.</summary>
    public SpoolCatalog Latest => Volatile.Read(ref _latest);

    public SpoolCatalog Get(ulong hash)
    {
        if (!_read.TryGetValue(hash, out SpoolCatalog? catalog))
        {
            catalog = SpoolCatalog.Read(Path.Combine(spoolFolder, SpoolLayout.CatalogFile(hash)));
            if (catalog is null)
            {
                return Latest;
            }
            _read[hash] = catalog;
            Volatile.Write(ref _latest, catalog);
        }
        return catalog;
    }

    public void SetLatest(SpoolCatalog catalog) => Volatile.Write(ref _latest, catalog);
}
