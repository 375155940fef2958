using System.Buffers.Binary;
using Dataplane.Events.Applications;
using Dataplane.Packets;

namespace Dataplane.Stacks.Applications;

/// <summary>SMB 1 to 3 over TCP: shares and pipes that are connected to, users, files that are written and
/// read. What is encrypted is passed over.</summary>
internal sealed class SmbParser : MessageParser
{
    private const int FrameBytes = 4;
    private const int RecordBytesMax = 128 * 1024;
    private const int ChainMax = 64;
    private readonly SmbConnection _connection;
    private readonly Smb1Reader _old;
    private readonly Smb2Reader _new;

    public SmbParser(ApplicationStack stack)
        : base(stack)
    {
        _connection = new SmbConnection(this, stack);
        _old = new Smb1Reader(_connection);
        _new = new Smb2Reader(_connection);
    }

    /// <inheritdoc/>
    public override void Reset()
    {
        base.Reset();
        _connection.Clear();
    }

    /// <inheritdoc/>
    public override void Release()
    {
        Reset();
        Stack.Parsers.Smb.Return(this);
    }

    /// <inheritdoc/>
    protected override int Read(Side sender, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < FrameBytes)
        {
            return 0;
        }
        int length = (int)(BinaryPrimitives.ReadUInt32BigEndian(bytes) & 0xFF_FFFF);
        if (bytes[0] != 0)
        {
            // Session requests and keep-alives of NetBIOS (RFC 1002).
            if (bytes[0] is not (0x81 or 0x82 or 0x83 or 0x85))
            {
                Flow.Stop(sender);
                return bytes.Length;
            }
            SkipNext(sender, length);
            return FrameBytes;
        }
        int shown = Math.Min(length, RecordBytesMax);
        if (bytes.Length < FrameBytes + shown)
        {
            return 0;
        }
        SkipNext(sender, length - shown);
        ReadRecord(sender, bytes.Slice(FrameBytes, shown));
        return FrameBytes + shown;
    }

    /// <summary>A new transaction of a kind, found again by its key.</summary>
    internal FieldTransaction? Begin(Side sender, int kind, ulong key)
    {
        FieldTransaction? made = Begin(AppProtocol.Smb, sender);
        if (made is not null)
        {
            (made.Kind, made.Key) = (kind, key);
        }
        return made;
    }

    internal FieldTransaction? FindOpen(int kind, ulong key, Side open) => Find(key, kind, open);

    /// <summary>The oldest of a kind whose request is still open.</summary>
    internal FieldTransaction? FirstOpen(int kind)
    {
        for (int i = 0; i < Flow.TransactionCount; i++)
        {
            if (Flow[i] is FieldTransaction found && found.Kind == kind && !found.IsComplete(Side.Client))
            {
                return found;
            }
        }
        return null;
    }

    internal void End(FieldTransaction transaction, Side sender) => Complete(transaction, sender);

    internal void Move(FieldTransaction transaction, Side sender, AppProgress progress) =>
        Flow.Moved(transaction, sender, progress);

    private void ReadRecord(Side sender, ReadOnlySpan<byte> record)
    {
        if (sender == Side.Client)
        {
            _connection.DeclareTrees();
        }
        if (record.Length < 4 || record[1] != 'S' || record[2] != 'M' || record[3] != 'B')
        {
            return;
        }
        if (record[0] == 0xFF)
        {
            _old.Read(sender, record);
            return;
        }
        for (int i = 0; i < ChainMax && record.Length >= Smb2Reader.HeaderBytes && record[0] == 0xFE; i++)
        {
            uint next = BinaryPrimitives.ReadUInt32LittleEndian(record[20..]);
            bool isLast = next < Smb2Reader.HeaderBytes || next >= record.Length;
            _new.Read(sender, isLast ? record : record[..(int)next]);
            record = isLast ? default : record[(int)next..];
        }
    }
}
