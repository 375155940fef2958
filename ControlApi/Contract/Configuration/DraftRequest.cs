using System.Text.Json;

namespace ControlApi.Contract.Configuration;

/// <summary>A document to look at without applying it.</summary>
public sealed record DraftRequest
{
    /// <summary>The document as it is, so its faults can all be named.</summary>
    public JsonElement? Document { get; set; }
}
