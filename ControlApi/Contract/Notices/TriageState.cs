using System.Text.Json.Serialization;

namespace ControlApi.Contract.Notices;

/// <summary>Where an alert stands: in the inbox, escalated, or archived.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TriageState>))]
public enum TriageState
{
    [JsonStringEnumMemberName("inbox")]
    Inbox,

    [JsonStringEnumMemberName("escalated")]
    Escalated,

    [JsonStringEnumMemberName("archived")]
    Archived,
}
