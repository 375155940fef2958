namespace Dataplane.Contract.Catalog;

/// <summary>Marks an event type that people hear unasked.</summary>
public sealed record NoticeMark
{
    /// <summary>1 high, 2 medium, 3 low, 4 for information; a record may carry its own.</summary>
    public required int Severity { get; init; }

    /// <summary>Alerts have triage states and an inbox.</summary>
    public bool Alert { get; set; }

    /// <summary>Shown as the notice's title unless titleField has a text.</summary>
    public required string Title { get; init; }

    /// <summary>Name of the string field that titles the notice, such as signature.</summary>
    public string? TitleField { get; set; }
}
