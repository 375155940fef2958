using System.Text.Json.Serialization;

namespace Dataplane.Contract.Configuration;

/// <summary>Whose half of the stack raises an event; receiver is the half that receives the packet.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<UpdatingHalf>))]
public enum UpdatingHalf
{
    [JsonStringEnumMemberName("receiver")]
    Receiver,

    [JsonStringEnumMemberName("client")]
    Client,

    [JsonStringEnumMemberName("server")]
    Server,

    [JsonStringEnumMemberName("both")]
    Both,
}
