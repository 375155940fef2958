using Dataplane.Events.Applications;
using Dataplane.Packets;

namespace Dataplane.Stacks.Applications;

/// <summary>An SSH connection's greetings and offers of algorithms.</summary>
public sealed class SshTransaction : PooledTransaction
{
    private readonly ApplicationStack _stack;

    internal SshTransaction(ApplicationStack stack)
    {
        _stack = stack;
        Client = new SshSide(stack);
        Server = new SshSide(stack);
    }

    /// <inheritdoc/>
    public override AppProtocol Protocol => AppProtocol.Ssh;

    public SshSide Client { get; }

    public SshSide Server { get; }

    public SshSide SideOf(Side sender) => sender == Side.Client ? Client : Server;

    /// <inheritdoc/>
    public override bool TryGet(
        AppBuffer buffer, Side sender, int instance, out ReadOnlySpan<byte> bytes)
    {
        SshSide side = SideOf(sender);
        bool isClient = sender == Side.Client;
        bytes = instance > 0 ? default : buffer switch
        {
            AppBuffer.SshProto => side.Protocol.Span,
            AppBuffer.SshSoftware => side.Software.Span,
            AppBuffer.SshHassh when isClient => side.Hash(),
            AppBuffer.SshHasshString when isClient => side.Algorithms.Span,
            AppBuffer.SshHasshServer when !isClient => side.Hash(),
            AppBuffer.SshHasshServerString when !isClient => side.Algorithms.Span,
            _ => default,
        };
        return !bytes.IsEmpty;
    }

    /// <inheritdoc/>
    public override int CountOf(AppBuffer buffer, Side sender) =>
        buffer is >= AppBuffer.SshProto and <= AppBuffer.SshHasshServerString ? 1 : 0;

    /// <inheritdoc/>
    public override bool TryGet(AppNumber number, Side sender, out long value)
    {
        // 1.99 stands for a server that speaks both.
        ReadOnlySpan<byte> protocol = SideOf(sender).Protocol.Span;
        value = protocol.StartsWith("2"u8) || protocol.SequenceEqual("1.99"u8) ? 2 : 1;
        return number == AppNumber.SshVersion && !protocol.IsEmpty;
    }

    /// <inheritdoc/>
    public override AppBodyState BodyOf(Side sender, int instance) => default;

    /// <inheritdoc/>
    public override void Release()
    {
        Client.Clear();
        Server.Clear();
        _stack.Parsers.SshTransactions.Return(this);
    }
}
