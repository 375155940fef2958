using System.Text.Json.Serialization;

namespace Dataplane.Contract.Configuration;

/// <summary>Over what a subscription's oneIn and perSecond count.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<LimitScope>))]
public enum LimitScope
{
    /// <summary>All flows of a worker together.</summary>
    [JsonStringEnumMemberName("worker")]
    Worker,

    /// <summary>Each flow for itself.</summary>
    [JsonStringEnumMemberName("flow")]
    Flow,
}
