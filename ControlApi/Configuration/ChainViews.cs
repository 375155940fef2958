using ControlApi.Contract.Configuration;
using ControlApi.Notices;
using Dataplane.Contract.Catalog;
using Dataplane.Contract.Configuration;
using Persistence.Rows;
using Persistence.Stores;

namespace ControlApi.Configuration;

/// <summary>Chains of the active document, with the subscriptions that each NF has in effect.</summary>
public sealed class ChainViews(ConfigurationService configuration, RevisionStore revisions,
    CatalogFiles catalogs)
{
    /// <summary>How far back the last change of a chain is looked for.</summary>
    private const int LookBackMax = 200;

    public async Task<IReadOnlyList<ChainView>> ListAsync(CancellationToken cancellation)
    {
        if (configuration.Active is not { } active)
        {
            return [];
        }
        IReadOnlyList<RevisionRow> rows = await revisions.ListAsync(active.Number, LookBackMax, cancellation);
        List<SavedDocument> earlier = [.. rows.Where(r => r.Result == RevisionRow.Superseded)
            .Select(SavedDocument.Of).OfType<SavedDocument>()];
        return [.. active.Document.Chains.Select(chain => new ChainView
        {
            Id = chain.Id,
            Revision = LastChange(chain, active, earlier),
            Chain = chain,
            Subscriptions =
                [.. chain.Stages.SelectMany((stage, index) => stage.Nfs.Select(nf => Of(nf, index)))],
        })];
    }

    /// <summary>What one NF hears: as the document says, else as its kind declares.</summary>
    public NfSubscriptions Of(NfDefinition nf, int stage)
    {
        NfKind? kind = catalogs.Latest.Catalog.NfKinds.FirstOrDefault(k => k.Kind == nf.Kind);
        return new NfSubscriptions(nf.Name, nf.Kind, stage, nf.Subscriptions is null,
            nf.Subscriptions ?? kind?.Subscriptions ?? [], kind?.Publishes ?? []);
    }

    private static uint LastChange(ChainDefinition chain, SavedDocument active, List<SavedDocument> earlier)
    {
        string text = Text(chain);
        uint last = active.Number;
        foreach (SavedDocument saved in earlier)
        {
            if (saved.Document.Chains.FirstOrDefault(c => c.Id == chain.Id) is not { } old
                || Text(old) != text)
            {
                break;
            }
            last = saved.Number;
        }
        return last;
    }

    private static string Text(ChainDefinition chain)
        => System.Text.Json.JsonSerializer.Serialize(chain, ConfigurationJson.Default.ChainDefinition);
}
