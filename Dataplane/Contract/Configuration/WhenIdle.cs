using System.Text.Json.Serialization;

namespace Dataplane.Contract.Configuration;

/// <summary>What a worker does when no port has a packet for it.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<WhenIdle>))]
public enum WhenIdle
{
    [JsonStringEnumMemberName("sleep")]
    Sleep,

    [JsonStringEnumMemberName("spin")]
    Spin,
}
