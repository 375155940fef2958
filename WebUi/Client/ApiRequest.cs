namespace WebUi.Client;

/// <summary>One request to ControlApi; the path begins behind the root.</summary>
public sealed record ApiRequest(HttpMethod Method, string Path)
{
    public string Root { get; init; } = "/api/v1";

    public string? Token { get; init; }

    public object? Body { get; init; }

    /// <summary>The ETag, quotes included, that the change is based on.</summary>
    public string? IfMatch { get; init; }
}
