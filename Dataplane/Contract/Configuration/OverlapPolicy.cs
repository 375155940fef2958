using System.Text.Json.Serialization;

namespace Dataplane.Contract.Configuration;

/// <summary>Which of two overlapping pieces keeps its bytes, by the names of target-based
/// reassembly.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<OverlapPolicy>))]
public enum OverlapPolicy : byte
{
    [JsonStringEnumMemberName("first")]
    First,

    [JsonStringEnumMemberName("last")]
    Last,

    [JsonStringEnumMemberName("bsd")]
    Bsd,

    [JsonStringEnumMemberName("bsd-right")]
    BsdRight,

    [JsonStringEnumMemberName("linux")]
    Linux,

    [JsonStringEnumMemberName("old-linux")]
    OldLinux,

    [JsonStringEnumMemberName("windows")]
    Windows,

    [JsonStringEnumMemberName("windows-2k3")]
    Windows2K3,

    [JsonStringEnumMemberName("vista")]
    Vista,

    [JsonStringEnumMemberName("solaris")]
    Solaris,

    [JsonStringEnumMemberName("hpux10")]
    Hpux10,

    [JsonStringEnumMemberName("hpux11")]
    Hpux11,

    [JsonStringEnumMemberName("irix")]
    Irix,

    [JsonStringEnumMemberName("macos")]
    Macos,

    /// <summary>Fragments: a datagram with overlaps is dropped, as Linux and Windows have done since 2018;
    /// segments: as Linux.</summary>
    [JsonStringEnumMemberName("strict")]
    Strict,
}
