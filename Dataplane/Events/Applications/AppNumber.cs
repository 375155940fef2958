namespace Dataplane.Events.Applications;

/// <summary>Numbers of transactions that rules compare.</summary>
public enum AppNumber : byte
{
    /// <summary>0x0301 for TLS 1.0 and so on: what the server chose, before that what the client
    /// offered.</summary>
    TlsVersion,
    TlsCertificateCount,

    /// <summary>Seconds since 1970.</summary>
    TlsNotBefore,
    TlsNotAfter,
    DnsOpcode,
    DnsRcode,

    /// <summary>Type of the first question.</summary>
    DnsRrtype,
    DnsId,
    HttpStatus,
    HttpRequestContentLength,
    HttpResponseContentLength,

    /// <summary>Bytes of the side's body so far, decoded, also those beyond what is kept.</summary>
    BodyBytes,
    FtpDynamicPort,
    FtpMode,
    SshVersion,

    // Of these a transaction can have several (TryGet by instance).
    DcerpcOpnum,
    MqttType,

    /// <summary>8 for a repeated message, 1 for one to be retained.</summary>
    MqttFlags,
    MqttQos,
    MqttVersion,
    MqttReason,

    /// <summary>The byte of CONNECT as it is sent.</summary>
    MqttConnectFlags,
    Krb5MessageType,
    Krb5ErrorCode,
    Krb5Encryption,
    Krb5TicketEncryption,
    SnmpVersion,
    SnmpPduType,
    RfbSecurityType,
    RfbSecurityResult,
    DhcpLeaseTime,
    DhcpRenewalTime,
    DhcpRebindingTime,
    Http2FrameType,
    Http2ErrorCode,
    Http2Priority,
    Http2WindowUpdate,

    /// <summary>Setting's number in the high, its value in the low 32 bits.</summary>
    Http2Setting,
}
