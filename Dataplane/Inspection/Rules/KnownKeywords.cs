namespace Dataplane.Inspection.Rules;

/// <summary>Keywords of Suricata 7 whose form is known but which nothing here inspects yet: rules with them
/// are read, checked in their other parts, and rejected with the keyword's name when they are
/// compiled.</summary>
internal static class KnownKeywords
{
    /// <summary>Each keyword with the application it binds a rule to, or null.</summary>
    private static IEnumerable<(string? Application, string Names)> Known { get; } =
    [
        (null, "app-layer-event engine-event stream-event base64_data iprep"
            + " dataset datarep lua luajit l3_proto ip.src ip.dst config bypass"
            + " filestore fileext filename filemagic filemd5 filesha1 filesha256 filesize"
            + " ipv4-csum tcpv4-csum tcpv6-csum udpv4-csum udpv6-csum icmpv4-csum icmpv6-csum"
            + " replace asn1 ftpbounce cip_service vxlan_vni ftpdata_command"),
        ("http", "urilen"),
        ("http2", "http2.frametype http2.errorcode http2.priority http2.size_update http2.settings"),
        ("dns", "dns.opcode"),
        ("tls", "ssl_state tls.version tls.subject tls.issuerdn tls.fingerprint tls.store"
            + " tls.cert_chain_len tls_cert_notbefore tls_cert_notafter tls_cert_expired tls_cert_valid"),
        ("ssh", "ssh.protoversion ssh.softwareversion"),
        ("smb", "smb.version_unused"),
        ("dcerpc", "dcerpc.iface dcerpc.opnum dce_iface dce_opnum"),
        ("nfs", "nfs.version nfs_version nfs_procedure"),
        ("krb5", "krb5_msg_type krb5_err_code krb5.weak_encryption krb5.ticket_encryption"),
        ("snmp", "snmp.version snmp.pdu_type"),
        ("rfb", "rfb.sectype rfb.secresult"),
        ("mqtt",
        "mqtt.type mqtt.flags mqtt.qos mqtt.protocol_version mqtt.reason_code mqtt.connack.session_present"
            + " mqtt.connect.flags"),
        ("ike", "ike.exchtype ike.chosen_sa_attribute ike.key_exchange_payload_length"
            + " ike.nonce_payload_length"),
        ("dhcp", "dhcp.leasetime dhcp.rebinding_time dhcp.renewal_time"),
    ];

    private static IEnumerable<string> Transforms { get; } =
    [
        "to_md5", "to_sha1", "to_sha256", "to_lowercase", "to_uppercase", "strip_whitespace",
            "compress_whitespace",
        "url_decode", "dotprefix", "header_lowercase", "strip_pseudo_headers", "casechange",
    ];

    public static void Register(IDictionary<string, KeywordHandler> table)
    {
        foreach ((string? application, string names) in Known)
        {
            foreach (string name in names.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                table.TryAdd(name, (builder, keyword, value) => Note(builder, keyword, value, application));
            }
        }
        foreach (string name in Transforms)
        {
            table[name] = (builder, keyword, value) =>
            {
                OptionText.None(keyword, value);
                Transform(builder, keyword);
            };
        }
        table["app-layer-protocol"] = ApplicationProtocol;
        table["decode-event"] = DecodeEvent;
        table["frame"] = Frame;
        table["http2.window"] = (builder, keyword, value) =>
        {
            NumberTest.Parse(keyword, OptionText.Required(keyword, value), uint.MaxValue);
            Note(builder, keyword, value, "http2");
        };
        table["ssl_version"] = SslVersion;
        table["xor"] = WithValue;
        table["pcrexform"] = WithValue;
        table["base64_decode"] = (builder, keyword, _) => builder.NotInspected(keyword);
    }

    private static void ApplicationProtocol(RuleBuilder builder, string keyword, string? value)
    {
        string text = OptionText.Required(keyword, value);
        OptionText.TakeNegation(ref text);
        bool known = text is "failed" or "unknown"
            || (RuleProtocol.TryParse(text, out RuleProtocol protocol) && protocol.Application is not null);
        if (!known)
        {
            throw new RuleSyntaxException(keyword, $"'{GroupText.Cut(text)}' is no application protocol.");
        }
        builder.NotInspected(keyword);
    }

    private static void DecodeEvent(RuleBuilder builder, string keyword, string? value)
    {
        string name = OptionText.Required(keyword, value);
        if (name.StartsWith("sctp.too_many", StringComparison.Ordinal))
        {
            throw new RuleSyntaxException(keyword, $"'{GroupText.Cut(name)}' is no decoder event.");
        }
        builder.NotInspected(keyword);
    }

    private static void Frame(RuleBuilder builder, string keyword, string? value)
    {
        string name = OptionText.Required(keyword, value);
        string? application = builder.Rule.Application;
        if (application is "dcerpc" or "ssh")
        {
            throw new RuleSyntaxException(keyword, $"'{GroupText.Cut(name)}' is no frame of {application}.");
        }
        builder.Use(new RuleBuffer(
            $"frame {name}", BufferSource.Application, null, RuleBuffer.ToServer | RuleBuffer.ToClient));
    }

    private static void SslVersion(RuleBuilder builder, string keyword, string? value)
    {
        string[] versions = OptionText.List(OptionText.Required(keyword, value));
        int negated = versions.Count(v => v.StartsWith('!'));
        if (negated != 0 && negated != versions.Length)
        {
            throw new RuleSyntaxException(keyword, "Either all versions are negated or none.");
        }
        Note(builder, keyword, value, "tls");
    }

    private static void WithValue(RuleBuilder builder, string keyword, string? value)
    {
        string text = OptionText.Unquote(keyword, OptionText.Required(keyword, value), required: true);
        OptionText.Required(keyword, text);
        Transform(builder, keyword);
    }

    private static void Transform(RuleBuilder builder, string keyword)
    {
        if (builder.Waiting is null)
        {
            throw new RuleSyntaxException(
                keyword, $"{keyword} must follow a buffer and stand before its contents.");
        }
        builder.Current.AddTransform(keyword);
        builder.NotInspected(keyword);
    }

    private static void Note(RuleBuilder builder, string keyword, string? value, string? application)
    {
        _ = value;
        if (application is not null)
        {
            builder.BindApplication(application, keyword);
        }
        builder.Touch();
        builder.NotInspected(keyword);
    }
}
