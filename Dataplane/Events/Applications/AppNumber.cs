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
}
