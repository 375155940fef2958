using System.Text;
using Dataplane.Events;
using Dataplane.Events.Applications;
using Dataplane.Packets;

namespace Dataplane.Stacks.Applications;

/// <summary>FTP's control connection (RFC 959, 2428); ends where TLS begins.</summary>
internal sealed class FtpParser : AppParser
{
    private const int LineBytesMax = 4_096;
    private const int PendingBytesMax = 16 * 1024;
    private readonly ApplicationStack _stack;
    private readonly GrowingBytes[] _pending;

    public FtpParser(ApplicationStack stack)
    {
        _stack = stack;
        _pending = [new(stack.Bytes, PendingBytesMax), new(stack.Bytes, PendingBytesMax)];
    }

    public override void Take(Side sender, ReadOnlySpan<byte> bytes)
    {
        GrowingBytes pending = _pending[(int)sender];
        while (!bytes.IsEmpty && !Flow.IsStopped[(int)sender] && Flow.Wanted == AppProtocol.Failed)
        {
            int end = bytes.IndexOf((byte)'\n');
            ReadOnlySpan<byte> part = end < 0 ? bytes : bytes[..(end + 1)];
            bytes = bytes[part.Length..];

            // One byte beyond the limit is kept, as the mark of a line that is too long.
            pending.Append(part[..Math.Min(part.Length, LineBytesMax + 1 - pending.Length)]);
            if (end >= 0)
            {
                TakeLine(sender, pending.Span);
                pending.Clear();
            }
        }
        if (Flow.Wanted != AppProtocol.Failed)
        {
            pending.Append(bytes);
        }
    }

    public override ReadOnlySpan<byte> RestOf(Side sender) => _pending[(int)sender].Span;

    public override void Reset()
    {
        _pending[0].Clear();
        _pending[1].Clear();
    }

    public override void Release()
    {
        Reset();
        _stack.Parsers.Ftp.Return(this);
    }

    private void TakeLine(Side sender, ReadOnlySpan<byte> line)
    {
        bool isLong = line.Length > LineBytesMax;
        ReadOnlySpan<byte> text = HttpWords.TrimEnd(line);
        if (sender == Side.Client)
        {
            ReadCommand(text, isLong);
        }
        else
        {
            ReadReply(text, isLong);
        }
    }

    private void ReadCommand(ReadOnlySpan<byte> line, bool isLong)
    {
        FtpTransaction? made = line.IsEmpty ? null : _stack.Parsers.FtpTransactions.Rent();
        if (made is null || !Flow.Add(made))
        {
            return;
        }
        int blank = line.IndexOf((byte)' ');
        made.SetCommand(
            blank < 0 ? line : line[..blank], blank < 0 ? default : line[(blank + 1)..].TrimStart(" "u8));
        if (isLong)
        {
            Flow.Note(AppAnomaly.FtpRequestCommandTooLong, made, Side.Client);
        }
        Flow.Moved(made, Side.Client, AppProgress.Complete);
        Flow.Say(new FtpCommand(new FtpEvent(Flow.About(made, Side.Client))), Side.Client);
    }

    private void ReadReply(ReadOnlySpan<byte> line, bool isLong)
    {
        FtpTransaction? command = Waiting();
        if (command is null)
        {
            command = _stack.Parsers.FtpTransactions.Rent();
            if (command is null || !Flow.Add(command))
            {
                return;
            }
            Flow.Moved(command, Side.Client, AppProgress.Complete);
        }
        command.AddReply(line);
        if (isLong)
        {
            Flow.Note(AppAnomaly.FtpResponseCommandTooLong, command, Side.Server);
        }
        bool isLast = line.Length >= 3 && line[0] is >= (byte)'2' and <= (byte)'5'
            && char.IsAsciiDigit((char)line[1]) && char.IsAsciiDigit((char)line[2])
            && (line.Length == 3 || line[3] != '-');
        if (line.StartsWith("227"u8) || line.StartsWith("229"u8))
        {
            command.DataPort = PortOf(line);
        }
        bool isSecure = line.StartsWith("234"u8) && Ascii.EqualsIgnoreCase(command.Command, "AUTH"u8);
        Flow.Moved(command, Side.Server, isLast ? AppProgress.Complete : AppProgress.Line);
        Flow.Say(new FtpCommand(new FtpEvent(Flow.About(command, Side.Server))), Side.Server);
        if (isSecure)
        {
            Flow.ChangeTo(AppProtocol.Tls);
        }
    }

    private FtpTransaction? Waiting()
    {
        for (int i = 0; i < Flow.TransactionCount; i++)
        {
            if (!Flow[i].IsComplete(Side.Server) && Flow[i] is FtpTransaction waiting)
            {
                return waiting;
            }
        }
        return null;
    }

    /// <summary>Of (h1,h2,h3,h4,p1,p2) or (|||port|).</summary>
    private static ushort PortOf(ReadOnlySpan<byte> line)
    {
        Span<int> numbers = stackalloc int[6];
        int count = 0;
        bool wasDigit = false;
        int open = line.IndexOf((byte)'(');
        foreach (byte value in open < 0 ? default : line[open..])
        {
            bool isDigit = value is >= (byte)'0' and <= (byte)'9';
            if (isDigit && !wasDigit && count < numbers.Length)
            {
                count++;
            }
            if (isDigit && count > 0)
            {
                numbers[count - 1] = Math.Min((numbers[count - 1] * 10) + value - '0', ushort.MaxValue);
            }
            wasDigit = isDigit;
        }
        return count == 6 ? (ushort)((numbers[4] << 8) | (numbers[5] & 0xFF)) : (ushort)numbers[0];
    }
}
