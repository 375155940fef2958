using System.Text.Json.Serialization;

namespace Dataplane.Contract.Configuration;

/// <summary>Whose packets cause an event.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SenderSide>))]
public enum SenderSide
{
    [JsonStringEnumMemberName("both")]
    Both,

    [JsonStringEnumMemberName("client")]
    Client,

    [JsonStringEnumMemberName("server")]
    Server,
}
