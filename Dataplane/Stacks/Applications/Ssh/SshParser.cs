using System.Buffers.Binary;
using Dataplane.Events;
using Dataplane.Events.Applications;
using Dataplane.Packets;

namespace Dataplane.Stacks.Applications;

/// <summary>SSH up to the keys: banners (RFC 4253, 4.2) and KEXINIT (7.1).</summary>
internal sealed class SshParser : AppParser
{
    private const int BannerBytesMax = 256;
    private const int RecordBytesMax = 35_000;
    private const int PendingBytesMax = 64 * 1024;
    private const byte KeyExchangeInit = 20;
    private const byte NewKeys = 21;
    private readonly ApplicationStack _stack;
    private readonly GrowingBytes[] _pending;
    private SshTransaction? _transaction;

    public SshParser(ApplicationStack stack)
    {
        _stack = stack;
        _pending = [new(stack.Bytes, PendingBytesMax), new(stack.Bytes, PendingBytesMax)];
    }

    public override void Take(Side sender, ReadOnlySpan<byte> bytes)
    {
        if (!HasTransaction())
        {
            return;
        }
        GrowingBytes pending = _pending[(int)sender];
        while (!bytes.IsEmpty && !Flow.IsStopped[(int)sender])
        {
            int count = Math.Min(bytes.Length, PendingBytesMax - pending.Length);
            if (count == 0 || !pending.Append(bytes[..count]))
            {
                Flow.Stop();
                return;
            }
            bytes = bytes[count..];
            int used = 1;
            while (used > 0 && !Flow.IsStopped[(int)sender])
            {
                used = Step(sender, pending.Span);
                pending.RemoveFirst(used);
            }
        }
    }

    public override void Reset()
    {
        _pending[0].Clear();
        _pending[1].Clear();
        _transaction = null;
    }

    public override void Release()
    {
        Reset();
        _stack.Parsers.Ssh.Return(this);
    }

    private int Step(Side sender, ReadOnlySpan<byte> bytes)
    {
        SshSide side = _transaction!.SideOf(sender);
        if (side.SkipsLine)
        {
            int end = bytes.IndexOf((byte)'\n');
            side.SkipsLine = end < 0;
            return end < 0 ? bytes.Length : end + 1;
        }
        return side.HasBanner ? ReadRecord(sender, side, bytes) : ReadBanner(sender, side, bytes);
    }

    private int ReadBanner(Side sender, SshSide side, ReadOnlySpan<byte> bytes)
    {
        int end = bytes.IndexOf((byte)'\n');
        bool isLong = (end < 0 ? bytes.Length : end) > BannerBytesMax;
        if (end < 0 && !isLong)
        {
            return 0;
        }
        if (isLong)
        {
            Flow.Note(AppAnomaly.SshLongBanner, _transaction, sender);
            end = BannerBytesMax;
            side.SkipsLine = true;
        }
        ReadOnlySpan<byte> line = bytes[..end].TrimEnd("\r"u8);
        if (!line.StartsWith("SSH-"u8))
        {
            if (isLong)
            {
                Flow.Stop();
            }

            // Servers may say something else first (RFC 4253, 4.2).
            return end + 1;
        }
        ReadOnlySpan<byte> rest = line[4..];
        int dash = rest.IndexOf((byte)'-');
        if (dash <= 0 || dash == rest.Length - 1)
        {
            Flow.Note(AppAnomaly.SshInvalidBanner, _transaction, sender);
            Flow.Stop();
            return 0;
        }
        side.Protocol.Append(rest[..dash]);
        ReadOnlySpan<byte> software = rest[(dash + 1)..];
        int blank = software.IndexOf((byte)' ');
        side.Software.Append(blank < 0 ? software : software[..blank]);
        side.HasBanner = true;
        Flow.Moved(_transaction!, sender, AppProgress.Line);
        Flow.Say(new SshBanner(new SshEvent(Flow.About(_transaction, sender))), sender);
        return isLong ? end : end + 1;
    }

    private int ReadRecord(Side sender, SshSide side, ReadOnlySpan<byte> bytes)
    {
        const int headerBytes = 6;
        if (bytes.Length < headerBytes)
        {
            return 0;
        }
        uint length = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        byte type = bytes[5];
        if (length is < 2 or > RecordBytesMax)
        {
            Flow.Note(
                length < 2 ? AppAnomaly.SshInvalidRecord : AppAnomaly.SshLongKexRecord, _transaction, sender);
            Flow.Stop();
            return 0;
        }
        if (bytes.Length < length + 4)
        {
            return 0;
        }
        if (type == KeyExchangeInit && side.Algorithms.Length == 0)
        {
            ReadOffer(sender, side, bytes.Slice(headerBytes, (int)length - 2));
        }
        else if (type == NewKeys)
        {
            side.HasNewKeys = true;
            Flow.Moved(_transaction!, sender, AppProgress.Body);
            if (_transaction!.Client.HasNewKeys && _transaction.Server.HasNewKeys)
            {
                Flow.Stop();
            }
            else
            {
                Flow.Stop(sender);
            }
        }
        return (int)length + 4;
    }

    private void ReadOffer(Side sender, SshSide side, ReadOnlySpan<byte> payload)
    {
        const int cookieBytes = 16;
        const int lists = 8;
        payload = payload.Length < cookieBytes ? default : payload[cookieBytes..];
        for (int list = 0; list < lists; list++)
        {
            if (payload.Length < 4)
            {
                break;
            }
            uint length = BinaryPrimitives.ReadUInt32BigEndian(payload);
            if (length > payload.Length - 4)
            {
                break;
            }

            // Key exchange is common; the rest is offered for each direction.
            bool isOwn = list == 0 || list == (sender == Side.Client ? 2 : 3)
                || list == (sender == Side.Client ? 4 : 5) || list == (sender == Side.Client ? 6 : 7);
            if (isOwn)
            {
                side.Algorithms.Append(list == 0 ? default : ";"u8);
                side.Algorithms.Append(payload.Slice(4, (int)length));
            }
            payload = payload[(4 + (int)length)..];
        }
        Flow.Moved(_transaction!, sender, AppProgress.Headers);
    }

    private bool HasTransaction()
    {
        if (_transaction is not null)
        {
            return true;
        }
        SshTransaction? made = _stack.Parsers.SshTransactions.Rent();
        if (made is null || !Flow.Add(made))
        {
            Flow.Stop();
            return false;
        }
        _transaction = made;
        return true;
    }
}
