using Dataplane.Events.Applications;
using Dataplane.Packets;

namespace Dataplane.Stacks.Applications;

/// <summary>One mail of an SMTP connection, or the commands before the first.</summary>
public sealed class SmtpTransaction : PooledTransaction
{
    /// <summary>Recipients that are kept.</summary>
    public const int RecipientMax = 128;

    private readonly ApplicationStack _stack;
    private readonly GrowingBytes _text;
    private readonly List<TextRange> _recipients = [];
    private TextRange _helo;
    private TextRange _from;

    internal SmtpTransaction(ApplicationStack stack)
    {
        _stack = stack;
        _text = new GrowingBytes(stack.Bytes, 64 * 1024);
        Mail = new MailReader(stack);
    }

    /// <inheritdoc/>
    public override AppProtocol Protocol => AppProtocol.Smtp;

    public MailReader Mail { get; }

    /// <summary>A mail's envelope has begun.</summary>
    public bool HasSender => _from.Length > 0;

    public bool HasRecipients => _recipients.Count > 0;

    /// <inheritdoc/>
    public override bool TryGet(
        AppBuffer buffer, Side sender, int instance, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (instance >= CountOf(buffer, sender))
        {
            return false;
        }
        switch (buffer)
        {
            case AppBuffer.SmtpHelo:
                bytes = _helo.Of(_text.Span);
                break;
            case AppBuffer.SmtpMailFrom:
                bytes = _from.Of(_text.Span);
                break;
            case AppBuffer.SmtpRcptTo:
                bytes = _recipients[instance].Of(_text.Span);
                break;
            case AppBuffer.FileData:
                bytes = Mail.FileOf(instance).Data.Span;
                break;
            case AppBuffer.FileName:
                bytes = Mail.FileOf(instance).Name.Span;
                break;
            case AppBuffer.EmailReceived:
                bytes = Mail.ReceivedOf(instance);
                break;
            default:
                bytes = Mail.FieldOf(buffer);
                break;
        }
        return !bytes.IsEmpty;
    }

    /// <inheritdoc/>
    public override int CountOf(AppBuffer buffer, Side sender) => sender != Side.Client ? 0 : buffer switch
    {
        AppBuffer.SmtpHelo or AppBuffer.SmtpMailFrom => 1,
        >= AppBuffer.EmailFrom and <= AppBuffer.EmailXMailer => 1,
        AppBuffer.SmtpRcptTo => _recipients.Count,
        AppBuffer.FileData or AppBuffer.FileName => Mail.FileCount,
        AppBuffer.EmailReceived => Mail.ReceivedCount,
        _ => 0,
    };

    /// <inheritdoc/>
    public override bool TryGet(AppNumber number, Side sender, out long value)
    {
        value = 0;
        return false;
    }

    /// <inheritdoc/>
    public override AppBodyState BodyOf(Side sender, int instance) =>
        instance < Mail.FileCount ? Mail.FileOf(instance).State : default;

    /// <inheritdoc/>
    public override void Finish(Side sender)
    {
        Mail.End();
        base.Finish(sender);
    }

    /// <inheritdoc/>
    public override void Release()
    {
        Mail.Clear();
        _text.Clear();
        _recipients.Clear();
        (_helo, _from) = (default, default);
        _stack.Parsers.SmtpTransactions.Return(this);
    }

    internal void SetHelo(ReadOnlySpan<byte> name) => _helo = Append(name);

    internal void SetFrom(ReadOnlySpan<byte> path) => _from = Append(path);

    internal void AddRecipient(ReadOnlySpan<byte> path)
    {
        if (_recipients.Count < RecipientMax)
        {
            _recipients.Add(Append(path));
        }
    }

    private TextRange Append(ReadOnlySpan<byte> bytes)
    {
        int at = _text.Length;
        _text.Append(bytes);
        return new TextRange(at, _text.Length - at);
    }
}
