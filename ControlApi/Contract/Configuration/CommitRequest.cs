using System.Text.Json;

namespace ControlApi.Contract.Configuration;

/// <summary>Asks for a new revision. The document travels as it is, so its faults can all be named.</summary>
public sealed record CommitRequest
{
    public string Note { get; set; } = "";

    public int? ConfirmWithinSeconds { get; set; }

    public JsonElement? Document { get; set; }
}
