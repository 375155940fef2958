using System.Collections.Frozen;

namespace Dataplane.Inspection.Rules;

/// <summary>The buffers of the rule language: sticky names, their older spellings and legacy
/// modifiers.</summary>
internal static class Buffers
{
    private const byte Server = RuleBuffer.ToServer;
    private const byte Client = RuleBuffer.ToClient;
    private const byte Both = Server | Client;

    /// <summary>Of these a transaction can have several.</summary>
    private static readonly FrozenSet<string> Multiple = new[]
    {
        "dns.query", "tls.certs", "http.request_header", "http.response_header", "http2.header_name",
        "ike.vendor", "krb5.cname", "krb5.sname", "mqtt.subscribe.topic", "mqtt.unsubscribe.topic",
        "quic.cyu.hash", "quic.cyu.string",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, RuleBuffer> All = Build();

    public static RuleBuffer Find(string name) => All[name];

    public static void Register(IDictionary<string, KeywordHandler> table)
    {
        foreach (RuleBuffer buffer in All.Values)
        {
            table[buffer.Name] = Sticky(buffer);
        }
        foreach ((string name, string target) in OlderSpellings)
        {
            table[name] = Sticky(All[target]);
        }
        foreach ((string name, string target) in Modifiers)
        {
            RuleBuffer buffer = All[target];
            table[name] = (builder, keyword, value) =>
            {
                OptionText.None(keyword, value);
                builder.MoveLast(buffer, keyword);
            };
        }
    }

    private static KeywordHandler Sticky(RuleBuffer buffer) => (builder, keyword, value) =>
    {
        OptionText.None(keyword, value);
        builder.Use(buffer);
    };

    private static FrozenDictionary<string, RuleBuffer> Build()
    {
        var all = new List<RuleBuffer>
        {
            new("ipv4.hdr", BufferSource.Ipv4Header, null, Both),
            new("ipv6.hdr", BufferSource.Ipv6Header, null, Both),
            new("tcp.hdr", BufferSource.TcpHeader, null, Both),
            new("udp.hdr", BufferSource.UdpHeader, null, Both),
            new("icmpv4.hdr", BufferSource.Icmp4Header, null, Both),
            new("icmpv6.hdr", BufferSource.Icmp6Header, null, Both),
        };
        Add(all, "http", Server, "http.uri", "http.uri.raw", "http.method", "http.request_line",
            "http.request_body",
            "http.user_agent", "http.host", "http.host.raw", "http.accept", "http.accept_enc",
            "http.accept_lang",
            "http.referer", "http.request_header");
        Add(all, "http", Client, "http.stat_code", "http.stat_msg", "http.response_line",
            "http.response_body",
            "http.server", "http.location", "http.response_header");
        Add(all, "http", Both, "http.header", "http.header.raw", "http.cookie", "http.protocol",
            "http.header_names",
            "http.start", "http.connection", "http.content_len", "http.content_type", "http2.header_name");
        all.Add(new("ip.src", BufferSource.SourceAddress, null, Both));
        all.Add(new("ip.dst", BufferSource.DestinationAddress, null, Both));
        Add(all, null, Both, "file.data", "file.name", "file.magic", "file.md5", "file.sha1", "file.sha256");
        Add(all, "ftp-data", Both, "ftpdata_command");
        Add(all, "dns", Server, "dns.query");
        Add(all, "dns", Both, "dns.opcode_data");
        Add(all, "tls", Both, "tls.sni", "tls.cert_subject", "tls.cert_issuer", "tls.cert_serial",
            "tls.cert_fingerprint", "tls.certs", "tls.random", "tls.random_bytes", "tls.random_time",
            "ja3.hash",
            "ja3.string", "ja3s.hash", "ja3s.string", "ja4.hash");
        Add(all, "ssh", Both, "ssh.proto", "ssh.software", "ssh.hassh", "ssh.hassh.string",
            "ssh.hassh.server",
            "ssh.hassh.server.string");
        Add(all, "smb", Both, "smb.named_pipe", "smb.share", "smb.ntlmssp_user", "smb.ntlmssp_domain");
        Add(all, "dcerpc", Both, "dcerpc.stub_data");
        Add(all, "krb5", Both, "krb5.cname", "krb5.sname", "krb5.ticket_encryption_name");
        Add(all, "sip", Both, "sip.method", "sip.uri", "sip.protocol", "sip.stat_code", "sip.stat_msg",
            "sip.request_line", "sip.response_line");
        Add(all, "snmp", Both, "snmp.community", "snmp.usm");
        Add(all, "rfb", Both, "rfb.name");
        Add(all, "mqtt", Both, "mqtt.connect.clientid", "mqtt.connect.username", "mqtt.connect.password",
            "mqtt.connect.willtopic", "mqtt.connect.willmessage", "mqtt.publish.topic",
            "mqtt.publish.message",
            "mqtt.subscribe.topic", "mqtt.unsubscribe.topic");
        Add(all, "ike", Both, "ike.init_spi", "ike.resp_spi", "ike.vendor", "ike.key_exchange_payload",
            "ike.nonce_payload");
        Add(all, "quic", Both, "quic.sni", "quic.ua", "quic.version", "quic.cyu.hash", "quic.cyu.string");
        return all.ToFrozenDictionary(b => b.Name, StringComparer.Ordinal);
    }

    private static void Add(List<RuleBuffer> all, string? application, byte sides, params string[] names)
    {
        foreach (string name in names)
        {
            all.Add(new RuleBuffer(name, BufferSource.Application, application, sides)
            {
                IsMulti = Multiple.Contains(name),
            });
        }
    }

    private static IEnumerable<(string Name, string Target)> OlderSpellings { get; } =
    [
        ("file_data", "file.data"), ("dns_query", "dns.query"), ("tls_sni", "tls.sni"),
        ("tls_cert_subject", "tls.cert_subject"), ("tls_cert_issuer", "tls.cert_issuer"),
        ("tls_cert_serial", "tls.cert_serial"), ("tls_cert_fingerprint", "tls.cert_fingerprint"),
        ("ja3_hash", "ja3.hash"), ("ja3_string", "ja3.string"), ("ssh_proto", "ssh.proto"),
        ("ssh_software", "ssh.software"), ("smb_named_pipe", "smb.named_pipe"), ("smb_share", "smb.share"),
        ("dce_stub_data", "dcerpc.stub_data"), ("http_protocol", "http.protocol"),
        ("http_request_line", "http.request_line"), ("http_response_line", "http.response_line"),
        ("http_accept", "http.accept"), ("http_accept_enc", "http.accept_enc"),
        ("http_accept_lang", "http.accept_lang"), ("http_referer", "http.referer"),
        ("http_connection", "http.connection"), ("http_content_len", "http.content_len"),
        ("http_content_type", "http.content_type"), ("http_start", "http.start"),
        ("http_header_names", "http.header_names"), ("krb5_cname", "krb5.cname"),
        ("krb5_sname", "krb5.sname"),
        ("ja3s_hash", "ja3s.hash"),
    ];

    private static IEnumerable<(string Name, string Target)> Modifiers { get; } =
    [
        ("http_uri", "http.uri"), ("http_raw_uri", "http.uri.raw"), ("http_header", "http.header"),
        ("http_raw_header", "http.header.raw"), ("http_method", "http.method"),
        ("http_cookie", "http.cookie"),
        ("http_client_body", "http.request_body"), ("http_server_body", "http.response_body"),
        ("http_stat_code", "http.stat_code"), ("http_stat_msg", "http.stat_msg"),
        ("http_user_agent", "http.user_agent"), ("http_host", "http.host"),
        ("http_raw_host", "http.host.raw"),
    ];
}
