using System.Text.Json.Serialization;

namespace ControlApi.Contract.Configuration;

/// <summary>
/// Running, then active or failed; unconfirmed in between where a confirmation was asked for.
/// </summary>
[JsonConverter(typeof(JsonStringEnumConverter<OperationState>))]
public enum OperationState
{
    [JsonStringEnumMemberName("running")]
    Running,

    [JsonStringEnumMemberName("active")]
    Active,

    [JsonStringEnumMemberName("unconfirmed")]
    Unconfirmed,

    [JsonStringEnumMemberName("rolledBack")]
    RolledBack,

    [JsonStringEnumMemberName("failed")]
    Failed,
}
