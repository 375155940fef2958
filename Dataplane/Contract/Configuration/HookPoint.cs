using System.Text.Json.Serialization;

namespace Dataplane.Contract.Configuration;

/// <summary>Whether an event comes before or after the stack has taken the packet in.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<HookPoint>))]
public enum HookPoint
{
    [JsonStringEnumMemberName("post")]
    Post,

    [JsonStringEnumMemberName("pre")]
    Pre,
}
