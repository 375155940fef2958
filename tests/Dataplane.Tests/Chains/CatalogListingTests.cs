using System.Text.Json;
using Dataplane.Chains;
using Dataplane.Contract.Catalog;
using Dataplane.Events;
using Testing;

namespace Dataplane.Tests.Chains;

public sealed class CatalogListingTests
{
    private static readonly ApplianceCatalog Listing =
        new CatalogListing(NfCatalog.Scan()).Make("1.0", _ => []);

    [Fact]
    public void Every_NF_of_the_build_is_listed_with_what_it_hears_and_says()
    {
        NfKind dpi = Listing.NfKinds.Single(kind => kind.Kind == "dpi");
        Assert.Equal("read", dpi.Access);
        Assert.Contains("EVENT/DPI_DETECT", dpi.Publishes);
        Assert.Equal(["packets", "ending"], dpi.Subscriptions.Select(subscription => subscription.Name));
        Assert.All(Listing.NfKinds.Where(kind => kind.Kind is "dpi" or "flow-stats" or "logger"),
            kind => Assert.False(string.IsNullOrEmpty(kind.Summary)));
    }

    [Fact]
    public void Options_are_described_by_a_schema_with_ranges_and_defaults()
    {
        JsonElement options = Listing.NfKinds.Single(kind => kind.Kind == "flow-stats").Options;
        JsonElement mean = options.GetProperty("properties").GetProperty("meanPacketBytes");
        Assert.Equal("integer", mean.GetProperty("type").GetString());
        Assert.Equal(1, mean.GetProperty("minimum").GetInt32());
        Assert.Equal(65_535, mean.GetProperty("maximum").GetInt32());
        Assert.Equal(new Dataplane.NetworkFunctions.FlowStats.Options().MeanPacketBytes,
            mean.GetProperty("default").GetInt32());
        Assert.False(string.IsNullOrEmpty(mean.GetProperty("description").GetString()));
        Assert.False(options.GetProperty("additionalProperties").GetBoolean());
    }

    [Fact]
    public void Event_types_are_listed_as_a_tree_with_aliases_fields_and_publishers()
    {
        Dataplane.Contract.Catalog.EventType alert =
            Listing.EventTypes.Single(type => type.Path == "EVENT/IDS_ALERT");
        Assert.Equal(["EVENT/IDS/ALERT"], alert.Aliases);
        Assert.Equal("EVENT/IDS", alert.Parent);
        Assert.True(alert.Notice!.Alert);
        Assert.Equal("signature", alert.Notice.TitleField);
        Assert.Contains(alert.Fields, field => field is { Name: "sid", Type: "u32", Offset: 4 });
        Dataplane.Contract.Catalog.EventType packet =
            Listing.EventTypes.Single(type => type.Path == "EVENT/PKT/TCP");
        Assert.Contains("PKT_IN", packet.Aliases);
        Assert.Contains("tcp-monitor", packet.Publishers);
    }

    [Fact]
    public void Every_event_type_says_what_it_is() =>
        Assert.All(
            Listing.EventTypes.Where(type => type.Path != "EVENT/STAT/PROBE"),
            type => Assert.False(string.IsNullOrEmpty(type.Summary), type.Path));

    [Fact]
    public void Numbers_are_those_that_records_carry() =>
        Assert.Equal(EventTree.Types.Select(type => (int)type.Id),
        Listing.EventTypes.Select(type => type.Number));
}
