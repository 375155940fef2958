namespace ControlApi.Contract.Configuration;

/// <summary>One saved configuration, without its document.</summary>
public record RevisionSummary
{
    public required uint Number { get; init; }

    public required string Author { get; init; }

    public required string Note { get; init; }

    public required DateTimeOffset Time { get; init; }

    /// <summary>pending, active, superseded, or failed.</summary>
    public required string Result { get; init; }

    /// <summary>Why it failed, in a sentence.</summary>
    public string? Cause { get; set; }
}
