using Dataplane.Events.Applications;

namespace Dataplane.Stacks.Applications;

/// <summary>A worker's parsers, transactions, files and decoders.</summary>
public sealed class ParserPools
{
    internal ParserPools(ApplicationStack stack)
    {
        ApplicationLimits limits = stack.Limits;
        Http = new ObjectPool<HttpParser>(limits.FlowMax, () => new HttpParser(stack));
        HttpTransactions = new ObjectPool<HttpTransaction>(
            limits.TransactionMax, () => new HttpTransaction(stack));
        Dns = new ObjectPool<DnsParser>(limits.FlowMax, () => new DnsParser(stack));
        DnsTransactions = new ObjectPool<DnsTransaction>(
            limits.TransactionMax, () => new DnsTransaction(stack));
        Tls = new ObjectPool<TlsParser>(limits.FlowMax, () => new TlsParser(stack));
        TlsTransactions = new ObjectPool<TlsTransaction>(
            limits.TransactionMax, () => new TlsTransaction(stack));
        Ssh = new ObjectPool<SshParser>(limits.FlowMax, () => new SshParser(stack));
        SshTransactions = new ObjectPool<SshTransaction>(
            limits.TransactionMax, () => new SshTransaction(stack));
        Files = new ObjectPool<AppFile>(limits.TransactionMax, () => new AppFile(stack));
        Decoders = new ObjectPool<BodyDecoder>(limits.DecoderMax, () => new BodyDecoder());
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

    internal ObjectPool<AppFile> Files { get; }

    /// <summary>A parser for a protocol; null when none reads it, or all are in use.</summary>
    internal AppParser? ParserFor(AppProtocol protocol) => protocol switch
    {
        AppProtocol.Http => Http.Rent(),
        AppProtocol.Dns => Dns.Rent(),
        AppProtocol.Tls => Tls.Rent(),
        AppProtocol.Ssh => Ssh.Rent(),
        _ => null,
    };
}
