using System.Text.Json.Serialization;

namespace ControlApi.Contract.Status;

/// <summary>Good, working with something to look at, or not doing its job.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<HealthState>))]
public enum HealthState
{
    [JsonStringEnumMemberName("good")]
    Good,

    [JsonStringEnumMemberName("degraded")]
    Degraded,

    [JsonStringEnumMemberName("bad")]
    Bad,
}
