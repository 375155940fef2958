namespace Persistence.Rows;

/// <summary>One saved configuration. Everything but Result and Cause is written once.</summary>
public sealed class RevisionRow
{
    public const string Pending = "pending";
    public const string Active = "active";
    public const string Superseded = "superseded";
    public const string Failed = "failed";

    public required uint Number { get; init; }

    /// <summary>The document as JSON.</summary>
    public required string Document { get; init; }

    /// <summary>JSON object from rule file names of the document to SHA-256 of their content.</summary>
    public required string RuleFiles { get; init; }

    /// <summary>Where relative file names of the document start.</summary>
    public required string BaseDirectory { get; init; }

    public required string Author { get; init; }

    public required string Note { get; init; }

    public required DateTimeOffset Time { get; init; }

    public required string Result { get; set; }

    public string? Cause { get; set; }
}
