using System.Buffers.Binary;
using Dataplane.Events.Applications;
using Dataplane.Packets;

namespace Dataplane.Stacks.Applications;

/// <summary>A TLS handshake: both hellos and the certificates of both sides.</summary>
public sealed class TlsTransaction : PooledTransaction
{
    private readonly ApplicationStack _stack;

    internal TlsTransaction(ApplicationStack stack)
    {
        _stack = stack;
        Client = new TlsSide(stack);
        Server = new TlsSide(stack);
    }

    /// <inheritdoc/>
    public override AppProtocol Protocol => AppProtocol.Tls;

    public TlsSide Client { get; }

    public TlsSide Server { get; }

    public TlsSide SideOf(Side sender) => sender == Side.Client ? Client : Server;

    /// <inheritdoc/>
    public override bool TryGet(
        AppBuffer buffer, Side sender, int instance, out ReadOnlySpan<byte> bytes)
    {
        TlsSide side = SideOf(sender);
        bytes = default;
        if (instance >= CountOf(buffer, sender))
        {
            return false;
        }
        switch (buffer)
        {
            case AppBuffer.TlsSni:
                bytes = side.ServerName;
                break;
            case AppBuffer.TlsAlpn:
                bytes = side.FirstAlpn;
                break;
            case AppBuffer.TlsRandom:
                bytes = side.Random;
                break;
            case AppBuffer.TlsRandomTime:
                bytes = side.Random.IsEmpty ? default : side.Random[..4];
                break;
            case AppBuffer.TlsRandomBytes:
                bytes = side.Random.IsEmpty ? default : side.Random[4..];
                break;
            case >= AppBuffer.Ja3Hash and <= AppBuffer.Ja4Hash:
                bytes = TlsFingerprints.Of(side, buffer);
                break;
            default:
                return side.Certificates.TryGet(buffer, instance, out bytes);
        }
        return !bytes.IsEmpty;
    }

    /// <inheritdoc/>
    public override int CountOf(AppBuffer buffer, Side sender)
    {
        TlsSide side = SideOf(sender);
        bool isClient = sender == Side.Client;
        return buffer switch
        {
            AppBuffer.TlsSni or AppBuffer.Ja3Hash or AppBuffer.Ja3String or AppBuffer.Ja4Hash =>
                isClient && side.HasHello ? 1 : 0,
            AppBuffer.Ja3sHash or AppBuffer.Ja3sString => !isClient && side.HasHello ? 1 : 0,
            AppBuffer.TlsAlpn or AppBuffer.TlsRandom or AppBuffer.TlsRandomTime
                or AppBuffer.TlsRandomBytes => side.HasHello ? 1 : 0,
            AppBuffer.TlsCerts => side.Certificates.Count,
            AppBuffer.TlsSubjectAltName => side.Certificates.NameCount,
            >= AppBuffer.TlsCertSubject and <= AppBuffer.TlsCertFingerprint =>
                Math.Min(side.Certificates.Count, 1),
            _ => 0,
        };
    }

    /// <inheritdoc/>
    public override bool TryGet(AppNumber number, Side sender, out long value)
    {
        TlsSide side = SideOf(sender);
        value = number switch
        {
            AppNumber.TlsVersion when side.HasHello => side.Version,
            AppNumber.TlsCertificateCount when side.Certificates.Count > 0 => side.Certificates.Count,
            AppNumber.TlsNotBefore when side.Certificates.Count > 0 => side.Certificates.NotBefore,
            AppNumber.TlsNotAfter when side.Certificates.Count > 0 => side.Certificates.NotAfter,
            _ => long.MinValue,
        };
        return value != long.MinValue;
    }

    /// <inheritdoc/>
    public override AppBodyState BodyOf(Side sender, int instance) => default;

    /// <inheritdoc/>
    public override void Release()
    {
        Client.Clear();
        Server.Clear();
        _stack.Parsers.TlsTransactions.Return(this);
    }
}
