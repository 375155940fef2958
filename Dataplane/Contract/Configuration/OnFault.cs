using System.Text.Json.Serialization;

namespace Dataplane.Contract.Configuration;

/// <summary>What happens to flows whose NF failed: open passes them, closed drops them.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<OnFault>))]
public enum OnFault
{
    [JsonStringEnumMemberName("open")]
    Open,

    [JsonStringEnumMemberName("closed")]
    Closed,
}
