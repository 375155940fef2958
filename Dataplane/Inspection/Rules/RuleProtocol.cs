using System.Collections.Frozen;

namespace Dataplane.Inspection.Rules;

/// <summary>Transports a rule header names, as a set.</summary>
[Flags]
public enum TransportSet : byte
{
    None = 0,
    Tcp = 1,
    Udp = 2,
    Icmp4 = 4,
    Icmp6 = 8,
    Sctp = 16,
    Other = 32,
    Any = 63,
}

/// <summary>Whether a rule looks at packets, at reassembled streams, or at whichever its keywords
/// imply.</summary>
public enum PayloadScope : byte
{
    Implied,
    PacketOnly,
    StreamOnly,
}

/// <summary>The protocol field of a rule header: transports, IP version (0 = both) and the application, if
/// any.</summary>
public readonly record struct RuleProtocol(
    string Name, TransportSet Transports, byte IpVersion, PayloadScope Scope, string? Application)
{
    private const TransportSet Streams = TransportSet.Tcp;
    private const TransportSet Datagrams = TransportSet.Udp;

    private static readonly FrozenDictionary<string, RuleProtocol> Known = Build();

    public static bool TryParse(string name, out RuleProtocol protocol) =>
        Known.TryGetValue(name.ToLowerInvariant(), out protocol);

    private static FrozenDictionary<string, RuleProtocol> Build()
    {
        var all = new List<RuleProtocol>
        {
            Plain("tcp", TransportSet.Tcp),
            new("tcp-pkt", TransportSet.Tcp, 0, PayloadScope.PacketOnly, null),
            new("tcp-stream", TransportSet.Tcp, 0, PayloadScope.StreamOnly, null),
            Plain("udp", TransportSet.Udp),
            Plain("icmp", TransportSet.Icmp4 | TransportSet.Icmp6),
            Plain("icmpv4", TransportSet.Icmp4),
            Plain("icmpv6", TransportSet.Icmp6),
            Plain("sctp", TransportSet.Sctp),
            Plain("ip", TransportSet.Any),
            Plain("pkthdr", TransportSet.Any),
            Plain("ipv4", TransportSet.Any, 4),
            Plain("ip4", TransportSet.Any, 4),
            Plain("ipv6", TransportSet.Any, 6),
            Plain("ip6", TransportSet.Any, 6),
        };
        AddApplications(
            all, Streams, "http", "http1", "http2", "ftp", "ftp-data", "smtp", "tls", "ssh", "imap",
            "smb", "rfb", "mqtt", "rdp", "telnet");
        AddApplications(all, Datagrams, "ntp", "tftp", "quic", "dhcp", "snmp", "bittorrent-dht", "ike");
        AddApplications(all, Streams | Datagrams, "dns", "dcerpc", "nfs", "krb5", "sip");
        return all.ToFrozenDictionary(p => p.Name, StringComparer.Ordinal);
    }

    private static RuleProtocol Plain(string name, TransportSet transports, byte version = 0) =>
        new(name, transports, version, PayloadScope.Implied, null);

    private static void AddApplications(
        List<RuleProtocol> all, TransportSet transports, params string[] names)
    {
        foreach (string name in names)
        {
            all.Add(new RuleProtocol(name, transports, 0, PayloadScope.Implied, name));
        }
    }
}
