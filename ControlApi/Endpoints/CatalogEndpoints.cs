using ControlApi.Configuration;
using ControlApi.Contract;
using ControlApi.Contract.Configuration;
using ControlApi.Contract.Security;
using ControlApi.Contract.Status;
using ControlApi.Notices;
using Dataplane.Contract.Catalog;
using Dataplane.Contract.Configuration;

namespace ControlApi.Endpoints;

/// <summary>/catalog, /nf-kinds and /topics: what this build can do.</summary>
public static class CatalogEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/catalog", (CatalogFiles c) => Known(c) is { } catalog ? Results.Ok(catalog) : Away())
            .Needs(Scopes.Read).Produces<ApplianceCatalog>().Refuses(503)
            .WithSummary("NF kinds, event types and µStacks in one document.");
        routes.MapGet("/nf-kinds", (CatalogFiles c) => Known(c) is { } catalog
                ? Results.Ok(new Page<NfKind>(catalog.NfKinds, null)) : Away())
            .Needs(Scopes.Read).Produces<Page<NfKind>>().Refuses(503).WithSummary("All kinds of NF.");
        routes.MapGet("/nf-kinds/{kind}", GetKind).Needs(Scopes.Read).Produces<NfKind>().Refuses(404, 503)
            .WithSummary("One kind of NF with the JSON Schema of its options.");
        routes.MapGet("/topics", (CatalogFiles c, ConfigurationService configuration, ChainViews chains)
                => Known(c) is { } catalog
                    ? Results.Ok(new Page<Topic>(Topics(catalog, c.Latest, configuration, chains), null))
                        : Away())
            .Needs(Scopes.Read).Produces<Page<Topic>>().Refuses(503)
            .WithSummary("The event tree with publishers and subscribers.");
        routes.MapGet("/topics/{**path}", GetTopic).Needs(Scopes.Read).Produces<Topic>().Refuses(404, 503)
            .WithSummary("One topic, by its path or an alias.");
    }

    private static IResult GetKind(string kind, CatalogFiles catalogs)
        => Known(catalogs) is not { } catalog ? Away()
            : catalog.NfKinds.FirstOrDefault(k => k.Kind == kind) is { } found
                ? Results.Ok(found) : Problems.NotFound($"NF kind {kind}");

    private static IResult GetTopic(
        string path, CatalogFiles catalogs, ConfigurationService configuration, ChainViews chains)
    {
        if (Known(catalogs) is not { } catalog)
        {
            return Away();
        }
        string printed = catalogs.Latest.PathOf(path);
        return Topics(catalog, catalogs.Latest, configuration,
            chains).FirstOrDefault(t => t.Event.Path == printed)
            is { } topic ? Results.Ok(topic) : Problems.NotFound($"topic {path}");
    }

    private static IReadOnlyList<Topic> Topics(
        ApplianceCatalog catalog, SpoolCatalog names, ConfigurationService configuration, ChainViews chains)
    {
        Dictionary<string, EventType> byPath = catalog.EventTypes.ToDictionary(t => t.Path);
        var subscribers = new List<(string Path, TopicSubscriber Who)>();
        foreach (ChainDefinition chain in configuration.Active?.Document.Chains ?? [])
        {
            foreach (NfDefinition nf in chain.Stages.SelectMany(s => s.Nfs))
            {
                subscribers.AddRange(chains.Of(nf, 0).Subscriptions.SelectMany(s => s.EventPaths().Select(
                    e => (names.PathOf(e), new TopicSubscriber(chain.Id, nf.Name, s.Name ?? e)))));
            }
        }
        return [.. catalog.EventTypes.Select(type => new Topic(type, [.. subscribers
            .Where(s => IsAtOrBelow(type, s.Path, byPath)).Select(s => s.Who)]))];
    }

    /// <summary>Goes up by parents: a printed path need not show where in the tree its type stands.</summary>
    private static bool IsAtOrBelow(EventType type, string path, Dictionary<string, EventType> byPath)
    {
        EventType? at = type;
        for (int steps = 0; at is not null && steps < byPath.Count; steps++)
        {
            if (at.Path == path)
            {
                return true;
            }
            at = at.Parent is null ? null : byPath.GetValueOrDefault(at.Parent);
        }
        return false;
    }

    private static ApplianceCatalog? Known(CatalogFiles catalogs)
        => catalogs.Latest.Catalog.EventTypes.Count == 0 ? null : catalogs.Latest.Catalog;

    private static IResult Away()
        => Problems.Result(StatusCodes.Status503ServiceUnavailable, "dataplane-away",
        "The dataplane has not been connected since the start, so its catalogue is not known yet.");
}
