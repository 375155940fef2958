using System.Text;
using Dataplane.Events;
using Dataplane.Events.Applications;
using Dataplane.Packets;

namespace Dataplane.Stacks.Applications;

/// <summary>SMTP (RFC 5321) with the mails it carries; ends where TLS begins.</summary>
internal sealed class SmtpParser : AppParser
{
    private const int LineBytesMax = 510;
    private const int ReplyBytesMax = 510;
    private const int PendingBytesMax = 16 * 1024;
    private readonly ApplicationStack _stack;
    private readonly GrowingBytes[] _pending;
    private readonly GrowingBytes _helo;
    private SmtpTransaction? _mail;
    private SmtpWait _waits;
    private int _open;
    private long _chunkLeft;
    private bool _isLastChunk;
    private bool _inData;
    private bool _hasWelcome;

    public SmtpParser(ApplicationStack stack)
    {
        _stack = stack;
        _pending = [new(stack.Bytes, PendingBytesMax), new(stack.Bytes, PendingBytesMax)];
        _helo = new GrowingBytes(stack.Bytes, LineBytesMax);
    }

    /// <summary>Replies that change what follows.</summary>
    private enum SmtpWait : byte
    {
        Nothing,
        Data,
        Tls,
    }

    public override void Take(Side sender, ReadOnlySpan<byte> bytes)
    {
        GrowingBytes pending = _pending[(int)sender];
        while (!bytes.IsEmpty && !Flow.IsStopped[(int)sender])
        {
            int count = Math.Min(bytes.Length, PendingBytesMax - pending.Length);
            pending.Append(bytes[..count]);
            bytes = bytes[count..];
            int used = 1;
            while (used > 0 && pending.Length > 0 && Flow.Wanted == AppProtocol.Failed
                && !Flow.IsStopped[(int)sender])
            {
                used = sender == Side.Client ? ReadClient(pending.Span) : ReadServer(pending.Span);
                pending.RemoveFirst(used);
            }
            if (Flow.Wanted != AppProtocol.Failed)
            {
                pending.Append(bytes);
                return;
            }
            if (pending.IsCut || pending.Length == PendingBytesMax)
            {
                Flow.Stop(sender);
            }
        }
    }

    public override ReadOnlySpan<byte> RestOf(Side sender) => _pending[(int)sender].Span;

    public override void Reset()
    {
        _pending[0].Clear();
        _pending[1].Clear();
        _helo.Clear();
        (_mail, _waits, _open, _chunkLeft) = (null, SmtpWait.Nothing, 0, 0);
        (_isLastChunk, _inData, _hasWelcome) = (false, false, false);
    }

    public override void Release()
    {
        Reset();
        _stack.Parsers.Smtp.Return(this);
    }

    private int ReadClient(ReadOnlySpan<byte> bytes)
    {
        if (_chunkLeft > 0)
        {
            return ReadChunk(bytes);
        }
        int end = bytes.IndexOf((byte)'\n');
        if (end < 0)
        {
            bool isFull = bytes.Length == PendingBytesMax;
            if (isFull && _inData)
            {
                // A line without end: what is here is read as one.
                TakeMailLine(bytes);
                return bytes.Length;
            }
            return 0;
        }
        ReadOnlySpan<byte> line = bytes[..end].TrimEnd("\r"u8);
        if (_inData)
        {
            ReadDataLine(line);
        }
        else
        {
            ReadCommand(line);
        }
        return end + 1;
    }

    /// <summary>BDAT: bytes by number, still read as lines.</summary>
    private int ReadChunk(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> within = bytes[..(int)Math.Min(bytes.Length, _chunkLeft)];
        int end = within.IndexOf((byte)'\n');
        bool isWhole = within.Length == _chunkLeft || within.Length == PendingBytesMax;
        if (end < 0 && !isWhole)
        {
            return 0;
        }
        int used = end < 0 ? within.Length : end + 1;
        TakeMailLine(within[..used].TrimEnd("\r\n"u8));
        _chunkLeft -= used;
        if (_chunkLeft == 0 && _isLastChunk)
        {
            EndMail();
        }
        return used;
    }

    private void ReadDataLine(ReadOnlySpan<byte> line)
    {
        if (line.SequenceEqual("."u8))
        {
            _inData = false;
            _open++;
            EndMail();
            return;
        }
        TakeMailLine(line.StartsWith("."u8) ? line[1..] : line);
    }

    private void TakeMailLine(ReadOnlySpan<byte> line)
    {
        SmtpTransaction? mail = CurrentMail();
        if (mail is not null)
        {
            mail.Mail.TakeLine(line);
            if (mail.Mail.HasLongBoundary)
            {
                Flow.Note(AppAnomaly.SmtpMimeLongBoundary, mail, Side.Client);
            }
            Flow.Moved(mail, Side.Client, AppProgress.Body);
        }
    }

    private void EndMail()
    {
        if (_mail is not null)
        {
            _mail.Mail.End();
            Flow.Moved(_mail, Side.Client, AppProgress.Complete);
            Flow.Moved(_mail, Side.Server, AppProgress.Complete);
            _mail = null;
        }
    }

    private void ReadCommand(ReadOnlySpan<byte> line)
    {
        SmtpTransaction? mail = CurrentMail();
        if (mail is null || line.IsEmpty)
        {
            return;
        }
        if (line.Length > LineBytesMax)
        {
            Flow.Note(AppAnomaly.SmtpMaxCommandLineLenExceeded, mail, Side.Client);
        }
        _open++;
        if (Is(line, "EHLO"u8) || Is(line, "HELO"u8))
        {
            _helo.Clear();
            _helo.Append(line.Length > 5 ? line[5..] : default);
            mail.SetHelo(_helo.Span);
        }
        else if (Is(line, "MAIL FROM:"u8))
        {
            if (mail.HasSender)
            {
                Flow.Note(AppAnomaly.SmtpDuplicateFields, mail, Side.Client);
            }
            mail.SetFrom(PathOf(line[10..]));
        }
        else if (Is(line, "RCPT TO:"u8))
        {
            mail.AddRecipient(PathOf(line[8..]));
        }
        else if (Is(line, "DATA"u8))
        {
            (_inData, _waits) = (true, SmtpWait.Data);
        }
        else if (Is(line, "BDAT "u8))
        {
            BeginChunk(line[5..], mail);
        }
        else if (Is(line, "STARTTLS"u8))
        {
            _waits = SmtpWait.Tls;
        }
        else if (Is(line, "RSET"u8) && mail.HasSender)
        {
            EndMail();
        }
        Flow.Moved(mail, Side.Client, AppProgress.Line);
        Flow.Say(new SmtpCommand(new SmtpEvent(Flow.About(mail, Side.Client))), Side.Client);
    }

    private void BeginChunk(ReadOnlySpan<byte> arguments, SmtpTransaction mail)
    {
        _chunkLeft = 0;
        foreach (byte digit in arguments)
        {
            if (digit is < (byte)'0' or > (byte)'9')
            {
                break;
            }
            _chunkLeft = Math.Min((_chunkLeft * 10) + digit - '0', int.MaxValue);
        }
        _isLastChunk = HttpWords.IndexOfLoosely(arguments, "last"u8) > 0;
        if (_chunkLeft == 0 && _isLastChunk && mail.HasSender)
        {
            EndMail();
        }
    }

    private int ReadServer(ReadOnlySpan<byte> bytes)
    {
        int end = bytes.IndexOf((byte)'\n');
        if (end < 0)
        {
            return 0;
        }
        ReadReply(bytes[..end].TrimEnd("\r"u8));
        return end + 1;
    }

    private void ReadReply(ReadOnlySpan<byte> line)
    {
        int code = 0;
        for (int i = 0; i < 3 && i < line.Length; i++)
        {
            code = line[i] is >= (byte)'0' and <= (byte)'9' ? (code * 10) + line[i] - '0' : -1000;
        }
        if (code < 100)
        {
            Note(AppAnomaly.SmtpInvalidReply);
            return;
        }
        if (line.Length > ReplyBytesMax)
        {
            Note(AppAnomaly.SmtpMaxReplyLineLenExceeded);
        }
        if (line.Length > 3 && line[3] == '-')
        {
            return;
        }
        if (_mail is not null)
        {
            Flow.Moved(_mail, Side.Server, AppProgress.Line);
            Flow.Say(new SmtpCommand(new SmtpEvent(Flow.About(_mail, Side.Server))), Side.Server);
        }
        if (_open > 0)
        {
            _open--;
            Follow(code);
            return;
        }
        AppAnomaly problem = _hasWelcome
            ? AppAnomaly.SmtpUnableToMatchReplyWithRequest : AppAnomaly.SmtpNoServerWelcomeMessage;
        if (code != (_hasWelcome ? 421 : 220))
        {
            Note(problem);
        }
        _hasWelcome = true;
    }

    private void Follow(int code)
    {
        if (_open > 0)
        {
            return;
        }
        if (_waits == SmtpWait.Data && code != 354)
        {
            Note(AppAnomaly.SmtpDataCommandRejected);
            _inData = false;
        }
        else if (_waits == SmtpWait.Tls && code == 220)
        {
            EndMail();
            Flow.ChangeTo(AppProtocol.Tls);
        }
        else if (_waits == SmtpWait.Tls)
        {
            Note(AppAnomaly.SmtpTlsRejected);
        }
        _waits = SmtpWait.Nothing;
    }

    private void Note(AppAnomaly anomaly)
    {
        if (CurrentMail() is SmtpTransaction mail)
        {
            Flow.Note(anomaly, mail, Side.Server);
        }
    }

    private SmtpTransaction? CurrentMail()
    {
        if (_mail is null && _stack.Parsers.SmtpTransactions.Rent() is SmtpTransaction made && Flow.Add(made))
        {
            _mail = made;
            made.SetHelo(_helo.Span);
        }
        return _mail;
    }

    private static bool Is(ReadOnlySpan<byte> line, ReadOnlySpan<byte> command) =>
        line.Length >= command.Length && Ascii.EqualsIgnoreCase(line[..command.Length], command);

    /// <summary>What stands in angle brackets, with them, without the parameters behind it.</summary>
    private static ReadOnlySpan<byte> PathOf(ReadOnlySpan<byte> argument)
    {
        argument = argument.Trim(" \t"u8);
        int end = argument.IndexOf((byte)'>');
        return end < 0 ? argument : argument[..(end + 1)];
    }
}
