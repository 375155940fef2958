using System.Buffers.Binary;
using Dataplane.Events;
using Dataplane.Events.Applications;
using Dataplane.Packets;

namespace Dataplane.Stacks.Applications;

/// <summary>DNS over UDP and TCP.</summary>
internal sealed class DnsParser : AppParser
{
    private const int HeaderBytes = 12;
    private const int LengthBytes = 2;
    private const int OpcodeMax = 7;
    private const ushort ZBit = 0x40;
    private readonly ApplicationStack _stack;
    private readonly GrowingBytes[] _pending;

    public DnsParser(ApplicationStack stack)
    {
        _stack = stack;
        _pending = [new(stack.Bytes, BytePool.ArrayBytesMax), new(stack.Bytes, BytePool.ArrayBytesMax)];
    }

    public override void Take(Side sender, ReadOnlySpan<byte> bytes)
    {
        if (Flow.IsDatagram)
        {
            ReadMessage(sender, bytes);
            return;
        }
        GrowingBytes pending = _pending[(int)sender];
        if (pending.Length > 0)
        {
            pending.Append(bytes);
            pending.RemoveFirst(ReadMessages(sender, pending.Span));
        }
        else
        {
            pending.Append(bytes[ReadMessages(sender, bytes)..]);
        }
        if (pending.IsCut)
        {
            Flow.Stop(sender);
        }
    }

    public override void Reset()
    {
        _pending[0].Clear();
        _pending[1].Clear();
    }

    public override void Release()
    {
        Reset();
        _stack.Parsers.Dns.Return(this);
    }

    private int ReadMessages(Side sender, ReadOnlySpan<byte> bytes)
    {
        int at = 0;
        while (bytes.Length - at >= LengthBytes)
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]);
            if (bytes.Length - at - LengthBytes < length)
            {
                break;
            }
            ReadMessage(sender, bytes.Slice(at + LengthBytes, length));
            at += LengthBytes + length;
        }
        return at;
    }

    private void ReadMessage(Side sender, ReadOnlySpan<byte> message)
    {
        DnsTransaction? transaction = _stack.Parsers.DnsTransactions.Rent();
        if (transaction is null || !Flow.Add(transaction))
        {
            return;
        }
        transaction.Sender = sender;
        if (message.Length < HeaderBytes)
        {
            Flow.Note(AppAnomaly.DnsMalformedData, transaction, sender);
        }
        else
        {
            Read(transaction, sender, message);
        }
        Flow.Moved(transaction, sender.Other(), AppProgress.Complete);
        Flow.Moved(transaction, sender, AppProgress.Complete);
    }

    private void Read(DnsTransaction transaction, Side sender, ReadOnlySpan<byte> message)
    {
        transaction.Id = BinaryPrimitives.ReadUInt16BigEndian(message);
        transaction.Flags = BinaryPrimitives.ReadUInt16BigEndian(message[2..]);
        CheckHeader(transaction, sender);
        int at = HeaderBytes;
        for (int section = 0; section < 4; section++)
        {
            int count = BinaryPrimitives.ReadUInt16BigEndian(message[(4 + (section * 2))..]);
            for (int i = 0; i < count; i++)
            {
                if (transaction.Records.Count == DnsTransaction.RecordMax)
                {
                    Say(transaction, sender);
                    return;
                }
                if (!ReadRecord(transaction, sender, (DnsSection)section, message, ref at))
                {
                    // Behind the answers nothing is worth a word: much is padding.
                    if (section < (int)DnsSection.Authority)
                    {
                        Flow.Note(AppAnomaly.DnsMalformedData, transaction, sender);
                    }
                    Say(transaction, sender);
                    return;
                }
            }
        }
        Say(transaction, sender);
    }

    private void CheckHeader(DnsTransaction transaction, Side sender)
    {
        // Seen from its answer first, a flow has its server where clients are.
        bool isTurned = Flow.IsDatagram && Flow.ClientPort == 53 && Flow.ServerPort != 53;
        bool isFromServer = (sender == Side.Server) != isTurned;
        if (transaction.IsResponse != isFromServer)
        {
            Flow.Note(
                isFromServer ? AppAnomaly.DnsNotAResponse : AppAnomaly.DnsNotARequest, transaction, sender);
        }
        if ((transaction.Flags & ZBit) != 0)
        {
            Flow.Note(AppAnomaly.DnsZFlagSet, transaction, sender);
        }
        if (transaction.Opcode >= OpcodeMax)
        {
            Flow.Note(AppAnomaly.DnsInvalidOpcode, transaction, sender);
        }
    }

    private bool ReadRecord(
        DnsTransaction transaction, Side sender, DnsSection section, ReadOnlySpan<byte> message, ref int at)
    {
        int nameAt = transaction.Text.Length;
        if (!ReadName(transaction, sender, message, ref at))
        {
            return false;
        }
        var name = new TextRange(nameAt, transaction.Text.Length - nameAt);
        int fixedBytes = section == DnsSection.Question ? 4 : 10;
        if (message.Length - at < fixedBytes)
        {
            return false;
        }
        ushort type = BinaryPrimitives.ReadUInt16BigEndian(message[at..]);
        ushort recordClass = BinaryPrimitives.ReadUInt16BigEndian(message[(at + 2)..]);
        uint timeToLive = 0;
        var data = new TextRange(0, 0);
        at += 4;
        if (section != DnsSection.Question)
        {
            timeToLive = BinaryPrimitives.ReadUInt32BigEndian(message[at..]);
            int length = BinaryPrimitives.ReadUInt16BigEndian(message[(at + 4)..]);
            at += 6;
            if (message.Length - at < length)
            {
                return false;
            }
            data = ReadData(transaction, sender, type, message, at, length);
            at += length;
        }
        transaction.Records.Add(new DnsRecord(section, name, type, recordClass, timeToLive, data));
        return true;
    }

    private TextRange ReadData(
        DnsTransaction transaction, Side sender, ushort type, ReadOnlySpan<byte> message, int at, int length)
    {
        int start = transaction.Text.Length;
        bool isName = type is 2 or 5 or 12 or 39;
        if (isName)
        {
            ReadName(transaction, sender, message, ref at);
        }
        else
        {
            transaction.Text.Append(message.Slice(at, Math.Min(length, DnsName.TextBytesMax)));
        }
        return new TextRange(start, transaction.Text.Length - start);
    }

    private bool ReadName(DnsTransaction transaction, Side sender, ReadOnlySpan<byte> message, ref int at)
    {
        bool isRead = DnsName.TryRead(message, ref at, transaction.Text, out AppAnomaly? problem);
        if (problem is not null)
        {
            Flow.Note(problem.Value, transaction, sender);
        }
        return isRead;
    }

    private void Say(DnsTransaction transaction, Side sender)
    {
        var about = new DnsEvent(Flow.About(transaction, sender));
        if (transaction.IsResponse)
        {
            var body = new DnsResponseSeen(about, transaction.Id, (byte)transaction.ResponseCode);
            Flow.Say(in body, sender);
        }
        else
        {
            ushort type = transaction.Records.Count > 0 ? transaction.Records[0].Type : (ushort)0;
            Flow.Say(new DnsQuerySeen(about, transaction.Id, type), sender);
        }
    }
}
