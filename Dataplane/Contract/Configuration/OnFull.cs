using System.Text.Json.Serialization;

namespace Dataplane.Contract.Configuration;

/// <summary>What happens when an NF on another core falls behind and its ring is full.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<OnFull>))]
public enum OnFull
{
    /// <summary>The worker stops receiving until there is room.</summary>
    [JsonStringEnumMemberName("block")]
    Block,

    /// <summary>The NF misses events, counted; for NFs that only observe.</summary>
    [JsonStringEnumMemberName("shed")]
    Shed,
}
