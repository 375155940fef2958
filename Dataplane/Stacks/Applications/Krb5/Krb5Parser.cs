using System.Buffers.Binary;
using Dataplane.Events.Applications;
using Dataplane.Packets;

namespace Dataplane.Stacks.Applications;

/// <summary>Kerberos 5 (RFC 4120) over UDP and TCP: each message is a transaction of its sender.</summary>
internal sealed class Krb5Parser(ApplicationStack stack) : MessageParser(stack)
{
    private const int LengthBytes = 4;
    private const byte AsReply = 11, TicketReply = 13, Error = 30;
    private const byte First = 10, Last = 30;
    private const int NameMax = 16;

    /// <inheritdoc/>
    public override void Release()
    {
        Reset();
        Stack.Parsers.Krb5.Return(this);
    }

    /// <inheritdoc/>
    protected override int Read(Side sender, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < LengthBytes)
        {
            return 0;
        }
        uint length = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        if (length > PendingBytesMax - LengthBytes)
        {
            Flow.Stop();
            return bytes.Length;
        }
        if (bytes.Length < LengthBytes + (int)length)
        {
            return 0;
        }
        ReadDatagram(sender, bytes.Slice(LengthBytes, (int)length));
        return LengthBytes + (int)length;
    }

    /// <inheritdoc/>
    protected override void ReadDatagram(Side sender, ReadOnlySpan<byte> bytes)
    {
        // APPLICATION n, constructed.
        bool isMessage = DerReader.TryTake(ref bytes, out byte tag, out ReadOnlySpan<byte> message)
            && (tag & 0xE0) == 0x60 && (tag & 0x1F) is >= First and <= Last
            && DerReader.TryEnter(ref message);
        FieldTransaction? made = Begin(AppProtocol.Krb5, sender);
        if (made is null)
        {
            return;
        }
        if (isMessage)
        {
            made.Add(AppNumber.Krb5MessageType, sender, tag & 0x1F);
            ReadFields(made, sender, (byte)(tag & 0x1F), message);
        }
        else
        {
            Flow.Note(AppAnomaly.Krb5MalformedData, made, sender);
        }
        Complete(made, sender);
    }

    private void ReadFields(FieldTransaction made, Side sender, byte type, ReadOnlySpan<byte> message)
    {
        while (DerReader.TryTake(ref message, out byte tag, out ReadOnlySpan<byte> field))
        {
            switch ((type, tag & 0x1F))
            {
                case (AsReply or TicketReply, 4):
                case (Error, 8):
                    AddName(made, AppBuffer.Krb5ClientName, sender, field);
                    break;
                case (AsReply or TicketReply, 5):
                    ReadTicket(made, sender, field);
                    break;
                case (AsReply or TicketReply, 6) when EncryptionOf(field) is { } encryption:
                    made.Add(AppNumber.Krb5Encryption, sender, encryption);
                    if (encryption is not (17 or 18 or 19 or 20 or 25 or 26))
                    {
                        Flow.Note(AppAnomaly.Krb5WeakEncryption, made, sender);
                    }
                    break;
                case (Error, 6) when TryReadInteger(field, out long code):
                    made.Add(AppNumber.Krb5ErrorCode, sender, code);
                    break;
                case (Error, 10):
                    AddName(made, AppBuffer.Krb5ServerName, sender, field);
                    break;
            }
        }
    }

    private static void ReadTicket(FieldTransaction made, Side sender, ReadOnlySpan<byte> field)
    {
        bool isTicket = DerReader.TryTake(ref field, out _, out ReadOnlySpan<byte> ticket)
            && DerReader.TryEnter(ref ticket);
        while (isTicket && DerReader.TryTake(ref ticket, out byte tag, out ReadOnlySpan<byte> part))
        {
            if ((tag & 0x1F) == 2)
            {
                AddName(made, AppBuffer.Krb5ServerName, sender, part);
            }
            else if ((tag & 0x1F) == 3 && EncryptionOf(part) is { } encryption)
            {
                made.Add(AppNumber.Krb5TicketEncryption, sender, encryption);
            }
        }
    }

    /// <summary>PrincipalName: its kind, then its parts, of which each is a text.</summary>
    private static void AddName(
        FieldTransaction made, AppBuffer name, Side sender, ReadOnlySpan<byte> field)
    {
        if (!DerReader.TryTake(ref field, out _, out ReadOnlySpan<byte> principal)
            || !DerReader.TryTake(ref principal, out _, out _)
            || !DerReader.TryTake(ref principal, out _, out ReadOnlySpan<byte> parts)
            || !DerReader.TryEnter(ref parts))
        {
            return;
        }
        for (int i = 0; i < NameMax && DerReader.TryTake(ref parts, out _, out ReadOnlySpan<byte> part); i++)
        {
            made.Add(name, sender, part);
        }
    }

    /// <summary>EncryptedData begins with the number of its method.</summary>
    private static long? EncryptionOf(ReadOnlySpan<byte> field) =>
        DerReader.TryTake(ref field, out _, out ReadOnlySpan<byte> data)
        && DerReader.TryTake(ref data, out _, out ReadOnlySpan<byte> method)
        && TryReadInteger(method, out long value) ? value : null;

    private static bool TryReadInteger(ReadOnlySpan<byte> field, out long value)
    {
        value = 0;
        if (!DerReader.TryTake(ref field, out byte tag, out ReadOnlySpan<byte> bytes) || tag != 2
            || bytes.Length is 0 or > 8)
        {
            return false;
        }
        value = (sbyte)bytes[0] < 0 ? -1 : 0;
        foreach (byte one in bytes)
        {
            value = (value << 8) | one;
        }
        return true;
    }
}
