using System.Text.Json;
using Dataplane.Contract.Configuration;

namespace Dataplane.Engine;

/// <summary>Whether a document differs from another in the placement of NFs only.</summary>
public static class PlacementChange
{
    /// <summary>True when nothing but placements differs, and something does.</summary>
    public static bool IsAll(ConfigurationDocument before, ConfigurationDocument after) =>
        Text(before) != Text(after) && Text(Without(before)) == Text(Without(after));

    private static ConfigurationDocument Without(ConfigurationDocument document) => document with
    {
        Chains = [.. document.Chains.Select(chain => chain with
        {
            Stages = [.. chain.Stages.Select(stage => stage with
            {
                Nfs = [.. stage.Nfs.Select(nf => nf with { Placement = "" })],
            })],
        })],
    };

    private static string Text(ConfigurationDocument document) =>
        JsonSerializer.Serialize(document, ConfigurationJson.Default.ConfigurationDocument);
}
