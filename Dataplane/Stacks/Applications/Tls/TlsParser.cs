using System.Buffers.Binary;
using Dataplane.Events;
using Dataplane.Events.Applications;
using Dataplane.Packets;

namespace Dataplane.Stacks.Applications;

/// <summary>TLS and SSL: handshakes up to the first encrypted record of both sides.</summary>
internal sealed class TlsParser : AppParser
{
    private const int RecordHeaderBytes = 5;

    /// <summary>Largest record (RFC 8446, 5.2, with room for old expansions).</summary>
    private const int RecordBytesMax = 16_384 + 2_048;

    private const int HandshakeBytesMax = 128 * 1024;
    private readonly ApplicationStack _stack;
    private readonly GrowingBytes[] _records;
    private readonly GrowingBytes[] _handshakes;
    private readonly bool[] _isEncrypted = new bool[2];
    private TlsTransaction? _transaction;

    public TlsParser(ApplicationStack stack)
    {
        _stack = stack;
        _records =
        [
            new(stack.Bytes, BytePool.ArrayBytesMax), new(stack.Bytes, BytePool.ArrayBytesMax),
        ];
        _handshakes = [new(stack.Bytes, HandshakeBytesMax), new(stack.Bytes, HandshakeBytesMax)];
    }

    private enum ContentType : byte
    {
        ChangeCipherSpec = 20,
        Alert = 21,
        Handshake = 22,
        Application = 23,
        Heartbeat = 24,
    }

    public override void Take(Side sender, ReadOnlySpan<byte> bytes)
    {
        GrowingBytes pending = _records[(int)sender];
        if (pending.Length == 0)
        {
            int used = ReadRecords(sender, bytes);
            if (!Flow.IsOver)
            {
                pending.Append(bytes[used..]);
            }
        }
        else
        {
            pending.Append(bytes);
            pending.RemoveFirst(ReadRecords(sender, pending.Span));
        }
        if (pending.IsCut)
        {
            Flow.Stop();
        }
    }

    public override void Reset()
    {
        foreach (GrowingBytes bytes in _records)
        {
            bytes.Clear();
        }
        foreach (GrowingBytes bytes in _handshakes)
        {
            bytes.Clear();
        }
        Array.Clear(_isEncrypted);
        _transaction = null;
    }

    public override void Release()
    {
        Reset();
        _stack.Parsers.Tls.Return(this);
    }

    private int ReadRecords(Side sender, ReadOnlySpan<byte> bytes)
    {
        int at = 0;
        while (!Flow.IsOver)
        {
            int used = ReadRecord(sender, bytes[at..]);
            if (used == 0)
            {
                return at;
            }
            at += used;
        }
        return bytes.Length;
    }

    private int ReadRecord(Side sender, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < RecordHeaderBytes || !HasTransaction())
        {
            return 0;
        }
        if (IsOldHello(sender, bytes))
        {
            return ReadOldHello(bytes);
        }
        int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[3..]);
        var type = (ContentType)bytes[0];
        AppAnomaly? problem = type is < ContentType.ChangeCipherSpec or > ContentType.Heartbeat
            ? AppAnomaly.TlsInvalidRecordType
            : bytes[1] != 3 ? AppAnomaly.TlsInvalidRecordVersion
            : length > RecordBytesMax ? AppAnomaly.TlsInvalidSslRecord : null;
        if (problem is not null)
        {
            Flow.Note(problem.Value, _transaction, sender);
            Flow.Note(AppAnomaly.TlsInvalidTlsHeader, _transaction, sender);
            Flow.Stop();
            return 0;
        }
        if (bytes.Length < RecordHeaderBytes + length)
        {
            return 0;
        }
        ReadContent(sender, type, bytes.Slice(RecordHeaderBytes, length));
        return RecordHeaderBytes + length;
    }

    private void ReadContent(Side sender, ContentType type, ReadOnlySpan<byte> content)
    {
        switch (type)
        {
            case ContentType.Handshake when !_isEncrypted[(int)sender]:
                ReadHandshakes(sender, content);
                break;
            case ContentType.ChangeCipherSpec when !IsVersion13():
                Encrypt(sender);
                break;
            case ContentType.Application:
                Encrypt(sender);
                break;
            case ContentType.Alert when !_isEncrypted[(int)sender] && content.Length >= 2:
                Flow.Note(AppAnomaly.TlsErrorMessageEncountered, _transaction, sender);
                Flow.Say(new TlsAlert(About(sender), content[0], content[1]), sender);
                break;
            case ContentType.Heartbeat:
                ReadHeartbeat(sender, content);
                break;
        }
    }

    private bool IsVersion13() => _transaction is { Server: { HasHello: true, Version: >= 0x0304 } };

    private void Encrypt(Side sender)
    {
        _isEncrypted[(int)sender] = true;
        Flow.Moved(_transaction!, sender, AppProgress.Body);
        if (_isEncrypted[0] && _isEncrypted[1])
        {
            Flow.Stop();
        }
    }

    private void ReadHandshakes(Side sender, ReadOnlySpan<byte> content)
    {
        GrowingBytes pending = _handshakes[(int)sender];
        pending.Append(content);
        int at = 0;
        ReadOnlySpan<byte> bytes = pending.Span;
        while (bytes.Length - at >= 4)
        {
            int length = (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
            if (length > HandshakeBytesMax - 4)
            {
                // Of a message of no known kind, the length says nothing either.
                Flow.Note(
                    IsUnknown(bytes[at]) ? AppAnomaly.TlsInvalidHandshakeMessage
                        : AppAnomaly.TlsHandshakeInvalidLength,
                    _transaction, sender);
                Flow.Stop();
                return;
            }
            if (bytes.Length - at - 4 < length)
            {
                break;
            }
            ReadHandshake(sender, bytes[at], bytes.Slice(at + 4, length));
            at += 4 + length;
        }
        pending.RemoveFirst(at);
        if (pending.IsCut)
        {
            Flow.Stop();
        }
    }

    private void ReadHandshake(Side sender, byte type, ReadOnlySpan<byte> body)
    {
        const byte clientHello = 1;
        const byte serverHello = 2;
        const byte certificate = 11;
        switch (type)
        {
            case clientHello when sender == Side.Client:
            case serverHello when sender == Side.Server:
                ReadHello(sender, body);
                break;
            case certificate:
                ReadCertificates(sender, body);
                break;
            case var unknown when IsUnknown(unknown):
                Flow.Note(AppAnomaly.TlsInvalidHandshakeMessage, _transaction, sender);
                break;
        }
    }

    private static bool IsUnknown(byte type) => type is > 25 and not 254 and not 67;

    private void ReadHello(Side sender, ReadOnlySpan<byte> body)
    {
        TlsSide side = _transaction!.SideOf(sender);
        bool isFirst = !side.HasHello;
        if (!side.ReadHello(body, sender == Side.Client, out TlsHelloProblem problem))
        {
            Flow.Note(AppAnomaly.TlsHandshakeInvalidLength, _transaction, sender);
        }
        AppAnomaly? anomaly = problem switch
        {
            TlsHelloProblem.TwoNames => AppAnomaly.TlsMultipleSniExtensions,
            TlsHelloProblem.NameType => AppAnomaly.TlsInvalidSniType,
            TlsHelloProblem.NameLength => AppAnomaly.TlsInvalidSniLength,
            _ => null,
        };
        if (anomaly is not null)
        {
            Flow.Note(anomaly.Value, _transaction, sender);
        }
        if (!isFirst || !side.HasHello)
        {
            return;
        }
        Flow.Moved(_transaction, sender, AppProgress.Line);
        if (sender == Side.Client)
        {
            Flow.Say(new TlsClientHello(About(sender), side.Version), sender);
        }
        else
        {
            Flow.Say(new TlsServerHello(About(sender), side.Version), sender);
        }
    }

    private void ReadCertificates(Side sender, ReadOnlySpan<byte> body)
    {
        TlsCertificates certificates = _transaction!.SideOf(sender).Certificates;
        if (certificates.Count > 0 || body.Length < 3)
        {
            return;
        }
        int length = (body[0] << 16) | (body[1] << 8) | body[2];
        ReadOnlySpan<byte> list = body[3..];
        AppAnomaly? problem = length > list.Length
            ? AppAnomaly.TlsCertificateInvalidLength : certificates.Read(list[..length]);
        if (problem is not null)
        {
            Flow.Note(problem.Value, _transaction, sender);
            Flow.Note(AppAnomaly.TlsInvalidHandshakeMessage, _transaction, sender);
        }
        Flow.Moved(_transaction, sender, AppProgress.Headers);
        Flow.Say(new TlsCertificateSeen(About(sender)), sender);
    }

    private void ReadHeartbeat(Side sender, ReadOnlySpan<byte> content)
    {
        Flow.Note(AppAnomaly.TlsHeartbeatMessage, _transaction, sender);
        if (_isEncrypted[(int)sender])
        {
            return;
        }
        const byte responseType = 2;
        if (content.Length < 3 || content[0] is 0 or > responseType)
        {
            Flow.Note(AppAnomaly.TlsInvalidHeartbeatMessage, _transaction, sender);
            return;
        }
        int length = BinaryPrimitives.ReadUInt16BigEndian(content[1..]);
        if (length > content.Length - 3)
        {
            Flow.Note(AppAnomaly.TlsOverflowHeartbeatMessage, _transaction, sender);
        }
    }

    private bool IsOldHello(Side sender, ReadOnlySpan<byte> bytes) =>
        sender == Side.Client && !_transaction!.Client.HasHello && (bytes[0] & 0x80) != 0 && bytes[2] == 1;

    private int ReadOldHello(ReadOnlySpan<byte> bytes)
    {
        int length = (((bytes[0] & 0x7F) << 8) | bytes[1]) + 2;
        if (bytes.Length < length)
        {
            return 0;
        }
        _transaction!.Client.ReadOldHello(BinaryPrimitives.ReadUInt16BigEndian(bytes[3..]));
        Flow.Moved(_transaction, Side.Client, AppProgress.Line);
        Flow.Say(new TlsClientHello(About(Side.Client), _transaction.Client.Version), Side.Client);
        return Math.Max(length, RecordHeaderBytes);
    }

    private bool HasTransaction()
    {
        if (_transaction is not null)
        {
            return true;
        }
        TlsTransaction? made = _stack.Parsers.TlsTransactions.Rent();
        if (made is null || !Flow.Add(made))
        {
            Flow.Stop();
            return false;
        }
        _transaction = made;
        return true;
    }

    private TlsEvent About(Side sender) => new(Flow.About(_transaction, sender));
}
