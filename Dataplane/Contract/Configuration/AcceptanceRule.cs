using System.Text.Json.Serialization;

namespace Dataplane.Contract.Configuration;

/// <summary>Whose eyes TCP segments are judged with.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AcceptanceRule>))]
public enum AcceptanceRule : byte
{
    /// <summary>Receiver in live traffic, capture in <c>analyze</c>.</summary>
    [JsonStringEnumMemberName("auto")]
    Auto,

    /// <summary>Every segment counts, each SYN of another number begins a connection: as people read a
    /// capture.</summary>
    [JsonStringEnumMemberName("capture")]
    Capture,

    /// <summary>What the receiver would not take changes nothing (RFC 9293, 5961, 7323).</summary>
    [JsonStringEnumMemberName("receiver")]
    Receiver,
}
