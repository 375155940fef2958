using System.Collections.Frozen;
using Dataplane.Events.Applications;
using Dataplane.Inspection.Rules;

namespace Dataplane.Inspection.Compile;

/// <summary>What application parsers offer rules, and from which progress of a transaction on it is
/// there.</summary>
public static class ApplicationFields
{
    /// <summary>Texts that are made here from others: digests of files.</summary>
    public const int FileMd5 = 256;
    public const int FileSha1 = 257;
    public const int FileSha256 = 258;

    /// <summary>What kind of file it is.</summary>
    public const int FileKind = 259;

    /// <summary>Numbers that are made here from others.</summary>
    public const int FileBytes = 256;
    public const int FileCount = 257;
    public const int CertificateExpired = 258;
    public const int CertificateValid = 259;

    private static readonly FrozenDictionary<string, int> Digests = new Dictionary<string, int>
    {
        ["file.md5"] = FileMd5, ["file.sha1"] = FileSha1, ["file.sha256"] = FileSha256,
        ["file.magic"] = FileKind,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, int> Numbers = new Dictionary<string, int>
    {
        ["dns.opcode"] = (int)AppNumber.DnsOpcode, ["tls.version"] = (int)AppNumber.TlsVersion,
        ["tls.cert_chain_len"] = (int)AppNumber.TlsCertificateCount, ["filesize"] = FileBytes,
        ["file"] = FileCount, ["tls_cert_expired"] = CertificateExpired,
        ["tls_cert_valid"] = CertificateValid, ["tls_cert_notbefore"] = (int)AppNumber.TlsNotBefore,
        ["tls_cert_notafter"] = (int)AppNumber.TlsNotAfter,
        ["dcerpc.opnum"] = (int)AppNumber.DcerpcOpnum, ["mqtt.type"] = (int)AppNumber.MqttType,
        ["mqtt.flags"] = (int)AppNumber.MqttFlags, ["mqtt.qos"] = (int)AppNumber.MqttQos,
        ["mqtt.protocol_version"] = (int)AppNumber.MqttVersion,
        ["mqtt.reason_code"] = (int)AppNumber.MqttReason,
        ["mqtt.connect.flags"] = (int)AppNumber.MqttConnectFlags,
        ["krb5_msg_type"] = (int)AppNumber.Krb5MessageType,
        ["krb5_err_code"] = (int)AppNumber.Krb5ErrorCode,
        ["krb5.ticket_encryption"] = (int)AppNumber.Krb5TicketEncryption,
        ["snmp.version"] = (int)AppNumber.SnmpVersion, ["snmp.pdu_type"] = (int)AppNumber.SnmpPduType,
        ["rfb.sectype"] = (int)AppNumber.RfbSecurityType,
        ["rfb.secresult"] = (int)AppNumber.RfbSecurityResult,
        ["dhcp.leasetime"] = (int)AppNumber.DhcpLeaseTime,
        ["dhcp.renewal_time"] = (int)AppNumber.DhcpRenewalTime,
        ["dhcp.rebinding_time"] = (int)AppNumber.DhcpRebindingTime,
        ["http2.frametype"] = (int)AppNumber.Http2FrameType,
        ["http2.errorcode"] = (int)AppNumber.Http2ErrorCode,
        ["http2.priority"] = (int)AppNumber.Http2Priority,
        ["http2.window"] = (int)AppNumber.Http2WindowUpdate,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The number of a text; -1 when no parser offers it.</summary>
    public static int TextOf(string name) =>
        AppBuffers.TryFind(name, out AppBuffer buffer) ? (int)buffer : Digests.GetValueOrDefault(name, -1);

    /// <summary>The number of what a test asks for; -1 when no parser offers it.</summary>
    public static int NumberOf(ApplicationTest test) => test switch
    {
        ApplicationNumberTest number => Numbers.GetValueOrDefault(number.Field, -1),
        ApplicationChoiceTest choice => Numbers.GetValueOrDefault(choice.Field, -1),
        ApplicationRangesTest ranges => Numbers.GetValueOrDefault(ranges.Field, -1),
        ApplicationBitsTest bits => Numbers.GetValueOrDefault(bits.Field, -1),
        Http2SettingTest => (int)AppNumber.Http2Setting,
        DceRpcInterfaceTest => (int)AppNumber.DcerpcOpnum,
        ApplicationEventTest seen => AppAnomalies.TryFind(seen.Event, out AppAnomaly anomaly)
            ? (int)anomaly : -1,
        FtpBounceTest => (int)AppNumber.FtpDynamicPort,
        _ => -1,
    };

    /// <summary>How far a transaction must be for a rule to be decided; files and bodies must be
    /// complete.</summary>
    internal static AppProgress LevelOf(CompiledSection[] sections, CompiledTest[] tests)
    {
        AppProgress level = AppProgress.Started;
        foreach (CompiledSection section in sections)
        {
            AppProgress one = section.View.Text >= FileMd5 ? AppProgress.Trailer
                : AppBuffers.ProgressOf((AppBuffer)section.View.Text);
            one = one == AppProgress.Body ? AppProgress.Trailer : one;
            level = one > level ? one : level;
        }
        foreach (CompiledTest test in tests)
        {
            AppProgress one = test.Number switch
            {
                FileCount => AppProgress.Trailer,
                FileBytes => AppProgress.Complete,
                CertificateExpired or CertificateValid or (int)AppNumber.TlsCertificateCount
                    or (int)AppNumber.TlsNotBefore or (int)AppNumber.TlsNotAfter => AppProgress.Headers,
                (int)AppNumber.DnsOpcode or (>= (int)AppNumber.DcerpcOpnum and < FileBytes)
                    => AppProgress.Complete,
                _ => AppProgress.Line,
            };
            level = test.Test is not ApplicationEventTest && one > level ? one : level;
        }
        return level;
    }
}
