using System.Collections.Frozen;

namespace Dataplane.Events.Applications;

/// <summary>Names of buffers as rules spell them, and from which progress on a direction has them.</summary>
public static class AppBuffers
{
    private static readonly FrozenDictionary<string, AppBuffer> ByName = Build();

    /// <summary>All names.</summary>
    public static IEnumerable<string> All => ByName.Keys;

    /// <summary>Finds a buffer by its sticky name.</summary>
    public static bool TryFind(string name, out AppBuffer buffer) => ByName.TryGetValue(name, out buffer);

    /// <summary>The least progress of the direction at which the buffer is final (bodies: at which it may
    /// have bytes).</summary>
    public static AppProgress ProgressOf(AppBuffer buffer) => buffer switch
    {
        AppBuffer.HttpUri or AppBuffer.HttpUriRaw or AppBuffer.HttpMethod or AppBuffer.HttpProtocol
            or AppBuffer.HttpRequestLine or AppBuffer.HttpResponseLine or AppBuffer.HttpStatusCode
            or AppBuffer.HttpStatusMessage => AppProgress.Line,
        >= AppBuffer.HttpStart and <= AppBuffer.HttpResponseHeader => AppProgress.Headers,
        AppBuffer.HttpRequestBody or AppBuffer.HttpResponseBody or AppBuffer.FileData
            or AppBuffer.FileName => AppProgress.Body,
        AppBuffer.TlsSni or AppBuffer.TlsRandom or AppBuffer.TlsRandomTime or AppBuffer.TlsRandomBytes
            or AppBuffer.TlsAlpn or (>= AppBuffer.Ja3Hash and <= AppBuffer.Ja4Hash) => AppProgress.Line,
        >= AppBuffer.TlsCertSubject and <= AppBuffer.TlsSubjectAltName => AppProgress.Headers,
        >= AppBuffer.DnsQuery and <= AppBuffer.DnsAuthoritiesRrname => AppProgress.Complete,
        AppBuffer.SshProto or AppBuffer.SshSoftware => AppProgress.Line,
        >= AppBuffer.SshHassh and <= AppBuffer.SshHasshServerString => AppProgress.Headers,
        >= AppBuffer.DcerpcStubData and <= AppBuffer.SmbNtlmsspDomain => AppProgress.Complete,
        AppBuffer.Http2HeaderName => AppProgress.Headers,
        _ => AppProgress.Started,
    };

    /// <summary>True for buffers that may occur several times in one transaction.</summary>
    public static bool IsMultiple(AppBuffer buffer) => buffer switch
    {
        AppBuffer.HttpRequestHeader or AppBuffer.HttpResponseHeader or AppBuffer.FileData
            or AppBuffer.FileName or AppBuffer.TlsCerts or AppBuffer.TlsSubjectAltName
            or (>= AppBuffer.DnsQuery and <= AppBuffer.DnsAuthoritiesRrname) or AppBuffer.SmtpRcptTo
            or AppBuffer.EmailUrl or AppBuffer.EmailReceived or AppBuffer.FtpReply
            or AppBuffer.FtpCompletionCode or AppBuffer.DcerpcInterface or AppBuffer.MqttSubscribeTopic
            or AppBuffer.MqttUnsubscribeTopic or AppBuffer.Krb5ClientName or AppBuffer.Krb5ServerName
            or AppBuffer.Http2HeaderName => true,
        _ => false,
    };

    private static FrozenDictionary<string, AppBuffer> Build() =>
        HttpNames().Concat(HandshakeNames()).Concat(OtherNames()).Concat(MessageNames())
            .ToFrozenDictionary(pair => pair.Name, pair => pair.Buffer, StringComparer.Ordinal);

    private static (string Name, AppBuffer Buffer)[] HttpNames() =>
    [
        ("http.uri", AppBuffer.HttpUri),
        ("http.uri.raw", AppBuffer.HttpUriRaw),
        ("http.method", AppBuffer.HttpMethod),
        ("http.protocol", AppBuffer.HttpProtocol),
        ("http.request_line", AppBuffer.HttpRequestLine),
        ("http.response_line", AppBuffer.HttpResponseLine),
        ("http.start", AppBuffer.HttpStart),
        ("http.header", AppBuffer.HttpHeader),
        ("http.header.raw", AppBuffer.HttpHeaderRaw),
        ("http.header_names", AppBuffer.HttpHeaderNames),
        ("http.cookie", AppBuffer.HttpCookie),
        ("http.user_agent", AppBuffer.HttpUserAgent),
        ("http.host", AppBuffer.HttpHost),
        ("http.host.raw", AppBuffer.HttpHostRaw),
        ("http.accept", AppBuffer.HttpAccept),
        ("http.accept_enc", AppBuffer.HttpAcceptEncoding),
        ("http.accept_lang", AppBuffer.HttpAcceptLanguage),
        ("http.connection", AppBuffer.HttpConnection),
        ("http.content_len", AppBuffer.HttpContentLength),
        ("http.content_type", AppBuffer.HttpContentType),
        ("http.referer", AppBuffer.HttpReferer),
        ("http.location", AppBuffer.HttpLocation),
        ("http.server", AppBuffer.HttpServer),
        ("http.stat_code", AppBuffer.HttpStatusCode),
        ("http.stat_msg", AppBuffer.HttpStatusMessage),
        ("http.request_header", AppBuffer.HttpRequestHeader),
        ("http.response_header", AppBuffer.HttpResponseHeader),
        ("http.request_body", AppBuffer.HttpRequestBody),
        ("http.response_body", AppBuffer.HttpResponseBody),
        ("file.data", AppBuffer.FileData),
        ("file.name", AppBuffer.FileName),
    ];

    private static (string Name, AppBuffer Buffer)[] HandshakeNames() =>
    [
        ("tls.sni", AppBuffer.TlsSni),
        ("tls.cert_subject", AppBuffer.TlsCertSubject),
        ("tls.cert_issuer", AppBuffer.TlsCertIssuer),
        ("tls.cert_serial", AppBuffer.TlsCertSerial),
        ("tls.cert_fingerprint", AppBuffer.TlsCertFingerprint),
        ("tls.certs", AppBuffer.TlsCerts),
        ("tls.random", AppBuffer.TlsRandom),
        ("tls.random_time", AppBuffer.TlsRandomTime),
        ("tls.random_bytes", AppBuffer.TlsRandomBytes),
        ("tls.alpn", AppBuffer.TlsAlpn),
        ("tls.subjectaltname", AppBuffer.TlsSubjectAltName),
        ("ja3.hash", AppBuffer.Ja3Hash),
        ("ja3.string", AppBuffer.Ja3String),
        ("ja3s.hash", AppBuffer.Ja3sHash),
        ("ja3s.string", AppBuffer.Ja3sString),
        ("ja4.hash", AppBuffer.Ja4Hash),
        ("ssh.proto", AppBuffer.SshProto),
        ("ssh.software", AppBuffer.SshSoftware),
        ("ssh.hassh", AppBuffer.SshHassh),
        ("ssh.hassh.string", AppBuffer.SshHasshString),
        ("ssh.hassh.server", AppBuffer.SshHasshServer),
        ("ssh.hassh.server.string", AppBuffer.SshHasshServerString),
    ];

    private static (string Name, AppBuffer Buffer)[] MessageNames() =>
    [
        ("dcerpc.stub_data", AppBuffer.DcerpcStubData),
        ("mqtt.connect.clientid", AppBuffer.MqttClientId),
        ("mqtt.connect.username", AppBuffer.MqttUserName),
        ("mqtt.connect.password", AppBuffer.MqttPassword),
        ("mqtt.connect.willtopic", AppBuffer.MqttWillTopic),
        ("mqtt.connect.willmessage", AppBuffer.MqttWillMessage),
        ("mqtt.publish.topic", AppBuffer.MqttPublishTopic),
        ("mqtt.publish.message", AppBuffer.MqttPublishMessage),
        ("mqtt.subscribe.topic", AppBuffer.MqttSubscribeTopic),
        ("mqtt.unsubscribe.topic", AppBuffer.MqttUnsubscribeTopic),
        ("krb5.cname", AppBuffer.Krb5ClientName),
        ("krb5.sname", AppBuffer.Krb5ServerName),
        ("snmp.community", AppBuffer.SnmpCommunity),
        ("snmp.usm", AppBuffer.SnmpUsm),
        ("rfb.name", AppBuffer.RfbName),
        ("sip.method", AppBuffer.SipMethod),
        ("sip.uri", AppBuffer.SipUri),
        ("sip.protocol", AppBuffer.SipProtocol),
        ("sip.stat_code", AppBuffer.SipStatusCode),
        ("sip.stat_msg", AppBuffer.SipStatusMessage),
        ("sip.request_line", AppBuffer.SipRequestLine),
        ("sip.response_line", AppBuffer.SipResponseLine),
        ("smb.named_pipe", AppBuffer.SmbNamedPipe),
        ("smb.share", AppBuffer.SmbShare),
        ("smb.ntlmssp_user", AppBuffer.SmbNtlmsspUser),
        ("smb.ntlmssp_domain", AppBuffer.SmbNtlmsspDomain),
        ("http2.header_name", AppBuffer.Http2HeaderName),
    ];

    private static (string Name, AppBuffer Buffer)[] OtherNames() =>
    [
        ("dns.query", AppBuffer.DnsQuery),
        ("dns.answer.name", AppBuffer.DnsAnswerName),
        ("dns.queries.rrname", AppBuffer.DnsQueriesRrname),
        ("dns.answers.rrname", AppBuffer.DnsAnswersRrname),
        ("dns.additionals.rrname", AppBuffer.DnsAdditionalsRrname),
        ("dns.authorities.rrname", AppBuffer.DnsAuthoritiesRrname),
        ("smtp.helo", AppBuffer.SmtpHelo),
        ("smtp.mail_from", AppBuffer.SmtpMailFrom),
        ("smtp.rcpt_to", AppBuffer.SmtpRcptTo),
        ("email.from", AppBuffer.EmailFrom),
        ("email.to", AppBuffer.EmailTo),
        ("email.subject", AppBuffer.EmailSubject),
        ("email.date", AppBuffer.EmailDate),
        ("email.message_id", AppBuffer.EmailMessageId),
        ("email.x_mailer", AppBuffer.EmailXMailer),
        ("email.url", AppBuffer.EmailUrl),
        ("email.received", AppBuffer.EmailReceived),
        ("ftp.command", AppBuffer.FtpCommand),
        ("ftp.command_data", AppBuffer.FtpCommandData),
        ("ftp.reply", AppBuffer.FtpReply),
        ("ftp.completion_code", AppBuffer.FtpCompletionCode),
        ("ftpdata_command", AppBuffer.FtpDataCommand),
    ];
}
