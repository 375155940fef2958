using Dataplane.Events.Applications;
using Dataplane.Packets;

namespace Dataplane.Events;

/// <summary>EVENT/APP: an application parser's word about a transaction of the flow; read it by
/// <c>NfContext.Application</c>.</summary>
/// <param name="Transaction">Number of the transaction in its flow.</param>
/// <param name="Protocol">Which parser says it.</param>
/// <param name="Side">Whose message moved.</param>
/// <param name="Progress">How far that side of the transaction was when the event was raised.</param>
[Event("APP", Parent = typeof(AnyEvent))]
public readonly record struct AppEvent(
    uint Transaction, AppProtocol Protocol, Side Side, AppProgress Progress) : IEvent;

/// <summary>EVENT/APP/DETECT: the flow's application protocol is known (<c>app_proto</c>), or has
/// changed.</summary>
[Event("DETECT", Parent = typeof(AppEvent))]
public readonly record struct AppDetected(AppEvent App) : IEvent;

/// <summary>EVENT/APP/GIVE_UP: the bytes fit no protocol known here; no parser follows the flow.</summary>
[Event("GIVE_UP", Parent = typeof(AppEvent))]
public readonly record struct AppGiveUp(AppEvent App) : IEvent;

/// <summary>EVENT/APP/PROGRESS: once for each packet, of which Side is the sender whose messages moved: what
/// rules need. Transaction is the first that moved.</summary>
[Event("PROGRESS", Parent = typeof(AppEvent))]
public readonly record struct AppMoved(AppEvent App) : IEvent;

/// <summary>EVENT/APP/END: the transaction is complete in both directions, or its flow ended.</summary>
[Event("END", Parent = typeof(AppEvent))]
public readonly record struct AppEnd(AppEvent App) : IEvent;

/// <summary>EVENT/APP/ANOMALY: something irregular; Anomaly is an <see cref="AppAnomaly"/>.</summary>
[Event("ANOMALY", Parent = typeof(AppEvent))]
public readonly record struct AppIrregular(AppEvent App, AppAnomaly Anomaly) : IEvent;

/// <summary>EVENT/APP/HTTP: HTTP/1.</summary>
[Event("HTTP", Parent = typeof(AppEvent))]
public readonly record struct HttpEvent(AppEvent App) : IEvent;

/// <summary>EVENT/APP/HTTP/REQUEST: a request line.</summary>
[Event("REQUEST", Parent = typeof(HttpEvent))]
public readonly record struct HttpRequestSeen(HttpEvent Http) : IEvent;

/// <summary>EVENT/APP/HTTP/RESPONSE: a status line.</summary>
[Event("RESPONSE", Parent = typeof(HttpEvent))]
public readonly record struct HttpResponseSeen(HttpEvent Http, ushort Status) : IEvent;

/// <summary>EVENT/APP/HTTP/HEADERS: all headers of a side.</summary>
[Event("HEADERS", Parent = typeof(HttpEvent))]
public readonly record struct HttpHeadersSeen(HttpEvent Http) : IEvent;

/// <summary>EVENT/APP/HTTP/BODY: a body grew; TotalBytes decoded so far.</summary>
[Event("BODY", Parent = typeof(HttpEvent))]
public readonly record struct HttpBodySeen(HttpEvent Http, ulong TotalBytes) : IEvent;

/// <summary>EVENT/APP/HTTP/END: a side of a transaction is complete.</summary>
[Event("END", Parent = typeof(HttpEvent))]
public readonly record struct HttpMessageEnd(HttpEvent Http) : IEvent;

/// <summary>EVENT/APP/HTTP/MALFORMED: what follows cannot be read as HTTP.</summary>
[Event("MALFORMED", Parent = typeof(HttpEvent))]
public readonly record struct HttpMalformed(HttpEvent Http) : IEvent;

/// <summary>EVENT/APP/TLS: a TLS handshake.</summary>
[Event("TLS", Parent = typeof(AppEvent))]
public readonly record struct TlsEvent(AppEvent App) : IEvent;

/// <summary>EVENT/APP/TLS/CLIENT_HELLO.</summary>
[Event("CLIENT_HELLO", Parent = typeof(TlsEvent))]
public readonly record struct TlsClientHello(TlsEvent Tls, ushort Version) : IEvent;

/// <summary>EVENT/APP/TLS/SERVER_HELLO.</summary>
[Event("SERVER_HELLO", Parent = typeof(TlsEvent))]
public readonly record struct TlsServerHello(TlsEvent Tls, ushort Version) : IEvent;

/// <summary>EVENT/APP/TLS/CERTIFICATE: a side's certificates.</summary>
[Event("CERTIFICATE", Parent = typeof(TlsEvent))]
public readonly record struct TlsCertificateSeen(TlsEvent Tls) : IEvent;

/// <summary>EVENT/APP/TLS/ALERT: an alert record that can be read.</summary>
[Event("ALERT", Parent = typeof(TlsEvent))]
public readonly record struct TlsAlert(TlsEvent Tls, byte Level, byte Description) : IEvent;

/// <summary>EVENT/APP/DNS.</summary>
[Event("DNS", Parent = typeof(AppEvent))]
public readonly record struct DnsEvent(AppEvent App) : IEvent;

/// <summary>EVENT/APP/DNS/QUERY: a question; Type of its first record.</summary>
[Event("QUERY", Parent = typeof(DnsEvent))]
public readonly record struct DnsQuerySeen(DnsEvent Dns, ushort Id, ushort Type) : IEvent;

/// <summary>EVENT/APP/DNS/RESPONSE: an answer.</summary>
[Event("RESPONSE", Parent = typeof(DnsEvent))]
public readonly record struct DnsResponseSeen(DnsEvent Dns, ushort Id, byte ResponseCode) : IEvent;

/// <summary>EVENT/APP/SSH.</summary>
[Event("SSH", Parent = typeof(AppEvent))]
public readonly record struct SshEvent(AppEvent App) : IEvent;

/// <summary>EVENT/APP/SSH/BANNER: a side said which software it is.</summary>
[Event("BANNER", Parent = typeof(SshEvent))]
public readonly record struct SshBanner(SshEvent Ssh) : IEvent;

/// <summary>EVENT/APP/SMTP.</summary>
[Event("SMTP", Parent = typeof(AppEvent))]
public readonly record struct SmtpEvent(AppEvent App) : IEvent;

/// <summary>EVENT/APP/SMTP/COMMAND: a command of the client or a reply of the server.</summary>
[Event("COMMAND", Parent = typeof(SmtpEvent))]
public readonly record struct SmtpCommand(SmtpEvent Smtp) : IEvent;

/// <summary>EVENT/APP/FTP.</summary>
[Event("FTP", Parent = typeof(AppEvent))]
public readonly record struct FtpEvent(AppEvent App) : IEvent;

/// <summary>EVENT/APP/FTP/COMMAND: a command of the client or a reply of the server.</summary>
[Event("COMMAND", Parent = typeof(FtpEvent))]
public readonly record struct FtpCommand(FtpEvent Ftp) : IEvent;
