using Dataplane.Contract.Configuration;

namespace ControlApi.Configuration;

/// <summary>A document on its way to become a revision.</summary>
public sealed record CommitOrder
{
    public required string Kind { get; init; }

    public required ConfigurationDocument Document { get; init; }

    public required string BaseDirectory { get; init; }

    public required RuleFileSource RuleFileSource { get; init; }

    public required string Author { get; init; }

    public required string Note { get; init; }

    /// <summary>The revision that the author saw; null when it does not matter.</summary>
    public uint? BaseRevision { get; init; }

    /// <summary>Hashes of rule files that go with the document already.</summary>
    public IReadOnlyDictionary<string, string> RuleFiles { get; init; } = new Dictionary<string, string>();

    /// <summary>A document that came over the network: it may name rule files below the active document's
    /// folder, and those stored with it.</summary>
    public static CommitOrder FromNetwork(
        ConfigurationDocument document, SavedDocument? active, string dataFolder, string author) => new()
        {
            Kind = "commit",
            Document = document,
            BaseDirectory = active?.BaseDirectory ?? dataFolder,
            RuleFileSource = RuleFileSource.BelowFolder,
            Author = author,
            Note = "",
            RuleFiles = active?.RuleFiles ?? new Dictionary<string, string>(),
        };
}
