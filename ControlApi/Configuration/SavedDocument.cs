using System.Text.Json;
using Dataplane.Contract.Configuration;
using Persistence.Rows;

namespace ControlApi.Configuration;

/// <summary>A revision with its document read.</summary>
public sealed record SavedDocument(
    uint Number, string Json, ConfigurationDocument Document, IReadOnlyDictionary<string, string> RuleFiles,
    string BaseDirectory)
{
    /// <summary>Null when this build cannot read the document.</summary>
    public static SavedDocument? Of(RevisionRow row)
    {
        ConfigurationDocument? document = DocumentReader.Read(
            System.Text.Encoding.UTF8.GetBytes(row.Document), out _);
        return document is null ? null : new SavedDocument(row.Number, row.Document, document,
            JsonSerializer.Deserialize<Dictionary<string, string>>(row.RuleFiles)!, row.BaseDirectory);
    }
}
