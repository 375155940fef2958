using Dataplane.Events.Applications;
using Dataplane.Packets;

namespace Dataplane.Stacks.Applications;

/// <summary>One FTP command and its replies.</summary>
public sealed class FtpTransaction : PooledTransaction
{
    /// <summary>Reply lines that are kept.</summary>
    public const int ReplyMax = 64;

    private readonly ApplicationStack _stack;
    private readonly GrowingBytes _text;
    private readonly List<TextRange> _replies = [];
    private TextRange _command;
    private TextRange _data;

    internal FtpTransaction(ApplicationStack stack)
    {
        _stack = stack;
        _text = new GrowingBytes(stack.Bytes, 64 * 1024);
    }

    /// <inheritdoc/>
    public override AppProtocol Protocol => AppProtocol.Ftp;

    /// <summary>Port of the data channel that was agreed on; 0 when none was.</summary>
    public ushort DataPort { get; set; }

    public ReadOnlySpan<byte> Command => _command.Of(_text.Span);

    /// <inheritdoc/>
    public override bool TryGet(
        AppBuffer buffer, Side sender, int instance, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (instance >= CountOf(buffer, sender))
        {
            return false;
        }
        bytes = buffer switch
        {
            AppBuffer.FtpCommand => Command,
            AppBuffer.FtpCommandData => _data.Of(_text.Span),
            AppBuffer.FtpReply => Behind(_replies[instance].Of(_text.Span)),
            _ => Code(_replies[instance].Of(_text.Span)),
        };
        return !bytes.IsEmpty;
    }

    /// <inheritdoc/>
    public override int CountOf(AppBuffer buffer, Side sender) => buffer switch
    {
        AppBuffer.FtpCommand or AppBuffer.FtpCommandData when sender == Side.Client => 1,
        AppBuffer.FtpReply or AppBuffer.FtpCompletionCode when sender == Side.Server => _replies.Count,
        _ => 0,
    };

    /// <inheritdoc/>
    public override bool TryGet(AppNumber number, Side sender, out long value)
    {
        value = DataPort;
        return number == AppNumber.FtpDynamicPort && DataPort != 0;
    }

    /// <inheritdoc/>
    public override AppBodyState BodyOf(Side sender, int instance) => default;

    /// <inheritdoc/>
    public override void Release()
    {
        _text.Clear();
        _replies.Clear();
        (_command, _data, DataPort) = (default, default, 0);
        _stack.Parsers.FtpTransactions.Return(this);
    }

    internal void SetCommand(ReadOnlySpan<byte> command, ReadOnlySpan<byte> data)
    {
        _command = Append(command);
        _data = Append(data);
    }

    internal void AddReply(ReadOnlySpan<byte> line)
    {
        if (_replies.Count < ReplyMax)
        {
            _replies.Add(Append(line));
        }
    }

    private static ReadOnlySpan<byte> Code(ReadOnlySpan<byte> line) => line.Length < 3 ? default : line[..3];

    private static ReadOnlySpan<byte> Behind(ReadOnlySpan<byte> line) =>
        line.Length < 5 ? default : line[4..];

    private TextRange Append(ReadOnlySpan<byte> bytes)
    {
        int at = _text.Length;
        _text.Append(bytes);
        return new TextRange(at, _text.Length - at);
    }
}
