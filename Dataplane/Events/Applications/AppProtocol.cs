namespace Dataplane.Events.Applications;

/// <summary>Application protocols by Suricata's <c>app_proto</c>; see <see cref="AppProtocols"/> for their
/// names.</summary>
public enum AppProtocol : byte
{
    /// <summary>Not decided yet.</summary>
    Unknown,

    /// <summary>Given up: the bytes fit nothing known.</summary>
    Failed,
    Http,
    Tls,
    Dns,
    Ssh,
    Smtp,
    Ftp,
    FtpData,

    // Recognised only: nothing parses them.
    Http2,
    Imap,
    Pop3,
    Smb,
    DceRpc,
    Nfs,
    Ntp,
    Tftp,
    Ike,
    Krb5,
    Dhcp,
    Snmp,
    Sip,
    Rfb,
    Mqtt,
    Telnet,
    Rdp,
    BittorrentDht,
    Quic,
    PgSql,
    WebSocket,
    Ldap,
    Modbus,
    Dnp3,
    Enip,
}
