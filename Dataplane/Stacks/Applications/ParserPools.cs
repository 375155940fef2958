using Dataplane.Events.Applications;

namespace Dataplane.Stacks.Applications;

/// <summary>A worker's parsers, transactions, files and decoders.</summary>
public sealed class ParserPools
{
    /// <summary>A parser of HTTP/2 has tables of its own: fewer are made at once.</summary>
    private const int Http2Stock = 4;

    internal ParserPools(ApplicationStack stack)
    {
        ApplicationLimits limits = stack.Limits;
        Http = new ObjectPool<HttpParser>(limits.FlowMax, limits.Stock, () => new HttpParser(stack));
        HttpTransactions = new ObjectPool<HttpTransaction>(
            limits.TransactionMax, limits.Stock, () => new HttpTransaction(stack));
        Dns = new ObjectPool<DnsParser>(limits.FlowMax, limits.Stock, () => new DnsParser(stack));
        DnsTransactions = new ObjectPool<DnsTransaction>(
            limits.TransactionMax, limits.Stock, () => new DnsTransaction(stack));
        Tls = new ObjectPool<TlsParser>(limits.FlowMax, limits.Stock, () => new TlsParser(stack));
        TlsTransactions = new ObjectPool<TlsTransaction>(
            limits.TransactionMax, limits.Stock, () => new TlsTransaction(stack));
        Ssh = new ObjectPool<SshParser>(limits.FlowMax, limits.Stock, () => new SshParser(stack));
        SshTransactions = new ObjectPool<SshTransaction>(
            limits.TransactionMax, limits.Stock, () => new SshTransaction(stack));
        Smtp = new ObjectPool<SmtpParser>(limits.FlowMax, limits.Stock, () => new SmtpParser(stack));
        SmtpTransactions = new ObjectPool<SmtpTransaction>(
            limits.TransactionMax, limits.Stock, () => new SmtpTransaction(stack));
        Ftp = new ObjectPool<FtpParser>(limits.FlowMax, limits.Stock, () => new FtpParser(stack));
        FtpTransactions = new ObjectPool<FtpTransaction>(
            limits.TransactionMax, limits.Stock, () => new FtpTransaction(stack));
        DceRpc = new ObjectPool<DceRpcParser>(limits.FlowMax, limits.Stock, () => new DceRpcParser(stack));
        Dhcp = new ObjectPool<DhcpParser>(limits.FlowMax, limits.Stock, () => new DhcpParser(stack));
        Http2 = new ObjectPool<Http2Parser>(limits.FlowMax, Http2Stock, () => new Http2Parser(stack));
        Krb5 = new ObjectPool<Krb5Parser>(limits.FlowMax, limits.Stock, () => new Krb5Parser(stack));
        Mqtt = new ObjectPool<MqttParser>(limits.FlowMax, limits.Stock, () => new MqttParser(stack));
        Rfb = new ObjectPool<RfbParser>(limits.FlowMax, limits.Stock, () => new RfbParser(stack));
        Sip = new ObjectPool<SipParser>(limits.FlowMax, limits.Stock, () => new SipParser(stack));
        Smb = new ObjectPool<SmbParser>(limits.FlowMax, limits.Stock, () => new SmbParser(stack));
        Snmp = new ObjectPool<SnmpParser>(limits.FlowMax, limits.Stock, () => new SnmpParser(stack));
        Fields = new ObjectPool<FieldTransaction>(
            limits.TransactionMax, limits.Stock, () => new FieldTransaction(stack));
        Files = new ObjectPool<AppFile>(limits.TransactionMax, limits.Stock, () => new AppFile(stack));
        Decoders = new ObjectPool<BodyDecoder>(
            limits.DecoderMax, limits.DecoderStock, () => new BodyDecoder());
    }

    /// <summary>Decoders of compressed bodies.</summary>
    public ObjectPool<BodyDecoder> Decoders { get; }

    internal ObjectPool<HttpParser> Http { get; }

    internal ObjectPool<HttpTransaction> HttpTransactions { get; }

    internal ObjectPool<DnsParser> Dns { get; }

    internal ObjectPool<DnsTransaction> DnsTransactions { get; }

    internal ObjectPool<TlsParser> Tls { get; }

    internal ObjectPool<TlsTransaction> TlsTransactions { get; }

    internal ObjectPool<SshParser> Ssh { get; }

    internal ObjectPool<SshTransaction> SshTransactions { get; }

    internal ObjectPool<SmtpParser> Smtp { get; }

    internal ObjectPool<SmtpTransaction> SmtpTransactions { get; }

    internal ObjectPool<FtpParser> Ftp { get; }

    internal ObjectPool<FtpTransaction> FtpTransactions { get; }

    internal ObjectPool<DceRpcParser> DceRpc { get; }

    internal ObjectPool<DhcpParser> Dhcp { get; }

    internal ObjectPool<Http2Parser> Http2 { get; }

    internal ObjectPool<Krb5Parser> Krb5 { get; }

    internal ObjectPool<MqttParser> Mqtt { get; }

    internal ObjectPool<RfbParser> Rfb { get; }

    internal ObjectPool<SipParser> Sip { get; }

    internal ObjectPool<SmbParser> Smb { get; }

    internal ObjectPool<SnmpParser> Snmp { get; }

    /// <summary>Transactions of protocols of which only fields are kept.</summary>
    internal ObjectPool<FieldTransaction> Fields { get; }

    internal ObjectPool<AppFile> Files { get; }

    /// <summary>A parser for a protocol; null when none reads it, or all are in use.</summary>
    internal AppParser? ParserFor(AppProtocol protocol) => protocol switch
    {
        AppProtocol.Http => Http.Rent(),
        AppProtocol.Dns => Dns.Rent(),
        AppProtocol.Tls => Tls.Rent(),
        AppProtocol.Ssh => Ssh.Rent(),
        AppProtocol.Smtp => Smtp.Rent(),
        AppProtocol.Ftp => Ftp.Rent(),
        AppProtocol.DceRpc => DceRpc.Rent(),
        AppProtocol.Dhcp => Dhcp.Rent(),
        AppProtocol.Http2 => Http2.Rent(),
        AppProtocol.Krb5 => Krb5.Rent(),
        AppProtocol.Mqtt => Mqtt.Rent(),
        AppProtocol.Rfb => Rfb.Rent(),
        AppProtocol.Sip => Sip.Rent(),
        AppProtocol.Smb => Smb.Rent(),
        AppProtocol.Snmp => Snmp.Rent(),
        _ => null,
    };
}
