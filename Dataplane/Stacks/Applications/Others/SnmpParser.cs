using Dataplane.Events.Applications;
using Dataplane.Packets;

namespace Dataplane.Stacks.Applications;

/// <summary>SNMP 1, 2c (RFC 1157, 1901) and 3 (RFC 3412, 3414): each message is a transaction of its
/// sender.</summary>
internal sealed class SnmpParser(ApplicationStack stack) : MessageParser(stack)
{
    /// <inheritdoc/>
    public override void Release()
    {
        Reset();
        Stack.Parsers.Snmp.Return(this);
    }

    /// <inheritdoc/>
    protected override int Read(Side sender, ReadOnlySpan<byte> bytes)
    {
        FieldTransaction? made = Begin(AppProtocol.Snmp, sender);
        if (made is not null)
        {
            if (!TryReadMessage(made, sender, bytes))
            {
                Flow.Note(AppAnomaly.SnmpMalformedData, made, sender);
            }
            Complete(made, sender);
        }
        return bytes.Length;
    }

    private static bool TryReadMessage(FieldTransaction made, Side sender, ReadOnlySpan<byte> bytes)
    {
        if (!DerReader.TryTake(ref bytes, out _, out ReadOnlySpan<byte> message)
            || !DerReader.TryTake(ref message, out byte tag, out ReadOnlySpan<byte> version)
            || tag != 2 || version.Length != 1)
        {
            return false;
        }
        int number = version[0] == 3 ? 3 : version[0] + 1;
        made.Add(AppNumber.SnmpVersion, sender, number);
        return number == 3 ? TryReadUser(made, sender, message) : TryReadCommunity(made, sender, message);
    }

    private static bool TryReadCommunity(FieldTransaction made, Side sender, ReadOnlySpan<byte> message)
    {
        if (!DerReader.TryTake(ref message, out byte tag, out ReadOnlySpan<byte> community) || tag != 4)
        {
            return false;
        }
        made.Add(AppBuffer.SnmpCommunity, sender, community);
        AddPdu(made, sender, message);
        return true;
    }

    private static bool TryReadUser(FieldTransaction made, Side sender, ReadOnlySpan<byte> message)
    {
        // Global data, then the parameters of security as octets: engine, boots, time, user.
        if (!DerReader.TryTake(ref message, out _, out _)
            || !DerReader.TryTake(ref message, out byte tag, out ReadOnlySpan<byte> security) || tag != 4
            || !DerReader.TryEnter(ref security))
        {
            return false;
        }
        for (int i = 0; i < 3; i++)
        {
            if (!DerReader.TryTake(ref security, out _, out _))
            {
                return false;
            }
        }
        if (DerReader.TryTake(ref security, out _, out ReadOnlySpan<byte> user) && !user.IsEmpty)
        {
            made.Add(AppBuffer.SnmpUsm, sender, user);
        }

        // A scoped PDU in the clear: engine, name, PDU.
        if (DerReader.TryTake(ref message, out tag, out ReadOnlySpan<byte> scoped) && tag == 0x30
            && DerReader.TryTake(ref scoped, out _, out _) && DerReader.TryTake(ref scoped, out _, out _))
        {
            AddPdu(made, sender, scoped);
        }
        return true;
    }

    private static void AddPdu(FieldTransaction made, Side sender, ReadOnlySpan<byte> rest)
    {
        if (DerReader.TryTake(ref rest, out byte tag, out _) && (tag & 0xE0) == 0xA0)
        {
            made.Add(AppNumber.SnmpPduType, sender, tag & 0x1F);
        }
    }
}
