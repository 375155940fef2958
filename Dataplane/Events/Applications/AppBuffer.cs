namespace Dataplane.Events.Applications;

/// <summary>The named byte buffers of transactions; <see cref="AppBuffers"/> has the names that rules
/// use.</summary>
public enum AppBuffer : byte
{
    None,
    HttpUri,
    HttpUriRaw,
    HttpMethod,
    HttpProtocol,
    HttpRequestLine,
    HttpResponseLine,
    HttpStart,
    HttpHeader,
    HttpHeaderRaw,
    HttpHeaderNames,
    HttpCookie,
    HttpUserAgent,
    HttpHost,
    HttpHostRaw,
    HttpAccept,
    HttpAcceptEncoding,
    HttpAcceptLanguage,
    HttpConnection,
    HttpContentLength,
    HttpContentType,
    HttpReferer,
    HttpLocation,
    HttpServer,
    HttpStatusCode,
    HttpStatusMessage,

    /// <summary>One instance for each header, "name: value".</summary>
    HttpRequestHeader,
    HttpResponseHeader,
    HttpRequestBody,
    HttpResponseBody,

    /// <summary>One instance for each file: a decoded body, an attachment, a transferred file.</summary>
    FileData,
    FileName,
    TlsSni,
    TlsCertSubject,
    TlsCertIssuer,
    TlsCertSerial,
    TlsCertFingerprint,

    /// <summary>One instance for each certificate, DER.</summary>
    TlsCerts,
    TlsRandom,
    TlsRandomTime,
    TlsRandomBytes,
    TlsAlpn,
    TlsSubjectAltName,
    Ja3Hash,
    Ja3String,
    Ja3sHash,
    Ja3sString,
    Ja4Hash,

    /// <summary>One instance for each question.</summary>
    DnsQuery,

    /// <summary>One instance for each answer.</summary>
    DnsAnswerName,

    /// <summary>One instance for each question or answer: owner names of all sections.</summary>
    DnsQueriesRrname,
    DnsAnswersRrname,
    DnsAdditionalsRrname,
    DnsAuthoritiesRrname,
    SshProto,
    SshSoftware,
    SshHassh,
    SshHasshString,
    SshHasshServer,
    SshHasshServerString,
    SmtpHelo,
    SmtpMailFrom,

    /// <summary>One instance for each recipient.</summary>
    SmtpRcptTo,
    SmtpCommandLine,
    EmailFrom,
    EmailTo,
    EmailSubject,
    EmailDate,
    EmailMessageId,
    EmailXMailer,

    /// <summary>One instance for each.</summary>
    EmailUrl,
    EmailReceived,
    FtpCommand,
    FtpCommandData,

    /// <summary>One instance for each line.</summary>
    FtpReply,
    FtpCompletionCode,
    FtpDataCommand,

    // Messages of which only fields are kept (FieldTransaction).

    /// <summary>Data of a call's or answer's fragments, joined.</summary>
    DcerpcStubData,

    /// <summary>One instance for each interface of the call's context: identifier, version, first
    /// fragment.</summary>
    DcerpcInterface,
    MqttClientId,
    MqttUserName,
    MqttPassword,
    MqttWillTopic,
    MqttWillMessage,
    MqttPublishTopic,
    MqttPublishMessage,

    /// <summary>One instance for each topic.</summary>
    MqttSubscribeTopic,
    MqttUnsubscribeTopic,

    /// <summary>One instance for each part of the name.</summary>
    Krb5ClientName,
    Krb5ServerName,
    SnmpCommunity,
    SnmpUsm,
    RfbName,
    SipMethod,
    SipUri,
    SipProtocol,
    SipStatusCode,
    SipStatusMessage,
    SipRequestLine,
    SipResponseLine,
    SmbNamedPipe,
    SmbShare,
    SmbNtlmsspUser,
    SmbNtlmsspDomain,

    /// <summary>One instance for each header of HTTP/2.</summary>
    Http2HeaderName,
}
