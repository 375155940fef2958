using System.Text.Json.Serialization;

namespace Dataplane.Contract.Configuration;

/// <summary>What happens to packets with a wrong checksum.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ChecksumRule>))]
public enum ChecksumRule : byte
{
    [JsonStringEnumMemberName("ignore")]
    Ignore,

    [JsonStringEnumMemberName("report")]
    Report,

    [JsonStringEnumMemberName("drop")]
    Drop,
}
