namespace Dataplane.Events.Applications;

/// <summary>Names of application protocols, as <c>app_proto</c> and <c>app-layer-protocol</c> spell
/// them.</summary>
public static class AppProtocols
{
    private static readonly string[] Names =
    [
        "unknown", "failed", "http", "tls", "dns", "ssh", "smtp", "ftp", "ftp-data", "http2", "imap", "pop3",
        "smb", "dcerpc", "nfs", "ntp", "tftp", "ike", "krb5", "dhcp", "snmp", "sip", "rfb", "mqtt", "telnet",
        "rdp", "bittorrent-dht", "quic", "pgsql", "websocket", "ldap", "modbus", "dnp3", "enip",
    ];

    /// <summary>How many there are.</summary>
    public static int Count => Names.Length;

    /// <summary>The protocol's name; "unknown" and "failed" too.</summary>
    public static string NameOf(AppProtocol protocol) => Names[(int)protocol];

    /// <summary>Finds a protocol by its name.</summary>
    public static bool TryFind(string name, out AppProtocol protocol)
    {
        int index = Array.IndexOf(Names, name);
        protocol = (AppProtocol)Math.Max(index, 0);
        return index >= 0;
    }
}
