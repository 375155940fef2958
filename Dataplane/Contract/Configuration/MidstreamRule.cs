using System.Text.Json.Serialization;

namespace Dataplane.Contract.Configuration;

/// <summary>What happens to connections whose handshake was not seen.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<MidstreamRule>))]
public enum MidstreamRule : byte
{
    [JsonStringEnumMemberName("follow")]
    Follow,

    [JsonStringEnumMemberName("ignore")]
    Ignore,

    [JsonStringEnumMemberName("drop")]
    Drop,
}
