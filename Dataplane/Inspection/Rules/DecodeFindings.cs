using System.Collections.Frozen;

namespace Dataplane.Inspection.Rules;

/// <summary>The names of decoder events.</summary>
internal static class DecodeFindings
{
    private static readonly FrozenDictionary<string, DecodeFinding> Names =
        Enum.GetValues<DecodeFinding>().ToFrozenDictionary(
            f => Squeeze(f.ToString()), StringComparer.Ordinal);

    /// <summary>Parts of the decoder whose events have names here but are not raised.</summary>
    private static readonly FrozenSet<string> Others = new[]
    {
        "ipv4", "ipv6", "icmpv4", "icmpv6", "tcp", "udp", "sctp", "gre", "sll", "ethernet", "ppp", "pppoe",
        "vlan", "ipraw", "ltnull", "mpls", "vxlan", "geneve", "erspan", "vntag", "dce", "chdlc", "esp",
        "ieee8021ah", "stream", "arp", "nsh",
    }.ToFrozenSet(StringComparer.Ordinal);

    public static bool TryFind(string name, out DecodeFinding finding) =>
        Names.TryGetValue(Squeeze(name), out finding) && name.Contains('.', StringComparison.Ordinal);

    public static bool IsKnown(string name) =>
        Others.Contains(name.Split('.')[0]) && !name.StartsWith("sctp.too", StringComparison.Ordinal);

    private static string Squeeze(string name) =>
        name.Replace(".", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal)
            .ToLowerInvariant();
}
