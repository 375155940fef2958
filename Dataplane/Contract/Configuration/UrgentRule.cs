using System.Text.Json.Serialization;

namespace Dataplane.Contract.Configuration;

/// <summary>What happens to segments with urgent data.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<UrgentRule>))]
public enum UrgentRule : byte
{
    [JsonStringEnumMemberName("keep")]
    Keep,

    [JsonStringEnumMemberName("drop")]
    Drop,
}
