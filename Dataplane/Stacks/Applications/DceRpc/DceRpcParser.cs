using System.Buffers.Binary;
using Dataplane.Events.Applications;
using Dataplane.Packets;

namespace Dataplane.Stacks.Applications;

/// <summary>DCE/RPC over TCP, connection-oriented (C706, chapter 12): interfaces that were agreed on, calls
/// and their data.</summary>
internal sealed class DceRpcParser(ApplicationStack stack) : MessageParser(stack)
{
    private const int HeaderBytes = 16;
    private const int CallHeaderBytes = 24;
    private const byte LastFragment = 2;
    private const int CallKind = 1;
    private readonly DceRpcInterfaces _interfaces = new();

    private enum PduType : byte
    {
        Request = 0,
        Response = 2,
        Fault = 3,
        Bind = 11,
        BindAcknowledge = 12,
        AlterContext = 14,
        AlterContextResponse = 15,
    }

    /// <inheritdoc/>
    public override void Reset()
    {
        base.Reset();
        _interfaces.Clear();
    }

    /// <inheritdoc/>
    public override void Release()
    {
        Reset();
        Stack.Parsers.DceRpc.Return(this);
    }

    /// <inheritdoc/>
    protected override int Read(Side sender, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderBytes)
        {
            return 0;
        }
        bool isLittle = (bytes[4] & 0x10) != 0;
        int length = UInt16(bytes[8..], isLittle);
        if (bytes[0] != 5 || length < HeaderBytes)
        {
            Flow.Stop();
            return bytes.Length;
        }
        if (bytes.Length < length)
        {
            return 0;
        }
        ReadPdu(sender, bytes[..length], isLittle);
        return length;
    }

    private void ReadPdu(Side sender, ReadOnlySpan<byte> pdu, bool isLittle)
    {
        switch ((PduType)pdu[2])
        {
            case PduType.Bind or PduType.AlterContext:
                _interfaces.Offer(pdu[HeaderBytes..], isLittle, isFirst: (pdu[3] & 1) != 0);
                break;
            case PduType.BindAcknowledge or PduType.AlterContextResponse:
                _interfaces.Accept(pdu[HeaderBytes..], isLittle);
                break;
            case PduType.Request:
                ReadCall(sender, pdu, isLittle, isRequest: true);
                break;
            case PduType.Response:
                ReadCall(sender, pdu, isLittle, isRequest: false);
                break;
            case PduType.Fault:
                FieldTransaction? failed = Find(CallOf(pdu, isLittle), CallKind, sender);
                if (failed is not null)
                {
                    Flow.Moved(failed, sender, AppProgress.Complete);
                }
                break;
        }
    }

    private void ReadCall(Side sender, ReadOnlySpan<byte> pdu, bool isLittle, bool isRequest)
    {
        if (pdu.Length < CallHeaderBytes)
        {
            return;
        }
        ulong call = CallOf(pdu, isLittle);
        FieldTransaction? transaction = Find(call, CallKind, sender);
        if (transaction is null)
        {
            transaction = Begin(AppProtocol.DceRpc, sender);
            if (transaction is null)
            {
                return;
            }
            (transaction.Key, transaction.Kind) = (call, CallKind);
            if (!isRequest)
            {
                Flow.Moved(transaction, sender.Other(), AppProgress.Complete);
            }
        }
        if (isRequest && !transaction.TryGet(AppNumber.DcerpcOpnum, sender, out _))
        {
            transaction.Add(AppNumber.DcerpcOpnum, Side.None, UInt16(pdu[22..], isLittle));
            _interfaces.Describe(transaction, UInt16(pdu[20..], isLittle));
        }

        // As rules are written: an object's identifier counts as data, and so do the eight bytes before an
        // answer's data.
        transaction.AppendBody(
            AppBuffer.DcerpcStubData, sender, pdu[(isRequest ? CallHeaderBytes : HeaderBytes)..]);
        bool isLast = (pdu[3] & LastFragment) != 0;
        Flow.Moved(transaction, sender, isLast ? AppProgress.Complete : AppProgress.Started);
    }

    private static ulong CallOf(ReadOnlySpan<byte> pdu, bool isLittle) => isLittle
        ? BinaryPrimitives.ReadUInt32LittleEndian(pdu[12..])
        : BinaryPrimitives.ReadUInt32BigEndian(pdu[12..]);

    private static ushort UInt16(ReadOnlySpan<byte> bytes, bool isLittle) => isLittle
        ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);
}
