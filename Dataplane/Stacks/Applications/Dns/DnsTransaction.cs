using Dataplane.Events.Applications;
using Dataplane.Packets;

namespace Dataplane.Stacks.Applications;

/// <summary>One DNS message: a query or a response, each a transaction of its own (as in Suricata).</summary>
public sealed class DnsTransaction : PooledTransaction
{
    /// <summary>Records of one message that are kept.</summary>
    public const int RecordMax = 256;

    private const int TextBytesMax = 64 * 1024;
    private readonly ApplicationStack _stack;

    internal DnsTransaction(ApplicationStack stack)
    {
        _stack = stack;
        Text = new GrowingBytes(stack.Bytes, TextBytesMax);
    }

    /// <inheritdoc/>
    public override AppProtocol Protocol => AppProtocol.Dns;

    /// <summary>Names and data of records.</summary>
    public GrowingBytes Text { get; }

    public List<DnsRecord> Records { get; } = new(8);

    /// <summary>Who sent it.</summary>
    public Side Sender { get; set; }

    public ushort Id { get; set; }

    public ushort Flags { get; set; }

    public bool IsResponse => (Flags & 0x8000) != 0;

    public int Opcode => (Flags >> 11) & 15;

    public int ResponseCode => Flags & 15;

    /// <inheritdoc/>
    public override bool TryGet(
        AppBuffer buffer, Side sender, int instance, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (sender != Sender || !IsOf(buffer, out DnsSection section))
        {
            return false;
        }
        foreach (DnsRecord record in Records)
        {
            if (record.Section == section && instance-- == 0)
            {
                bytes = record.Name.Of(Text.Span);
                return true;
            }
        }
        return false;
    }

    /// <inheritdoc/>
    public override int CountOf(AppBuffer buffer, Side sender)
    {
        int count = 0;
        if (sender == Sender && IsOf(buffer, out DnsSection section))
        {
            foreach (DnsRecord record in Records)
            {
                count += record.Section == section ? 1 : 0;
            }
        }
        return count;
    }

    /// <inheritdoc/>
    public override bool TryGet(AppNumber number, Side sender, out long value)
    {
        value = sender != Sender ? -1 : number switch
        {
            AppNumber.DnsOpcode => Opcode,
            AppNumber.DnsRcode when IsResponse => ResponseCode,
            AppNumber.DnsId => Id,
            AppNumber.DnsRrtype when Records.Count > 0 => Records[0].Type,
            _ => -1,
        };
        return value >= 0;
    }

    /// <inheritdoc/>
    public override AppBodyState BodyOf(Side sender, int instance) => default;

    /// <inheritdoc/>
    public override void Release()
    {
        Text.Clear();
        Records.Clear();
        (Id, Flags) = (0, 0);
        _stack.Parsers.DnsTransactions.Return(this);
    }

    private bool IsOf(AppBuffer buffer, out DnsSection section)
    {
        section = buffer switch
        {
            AppBuffer.DnsAnswerName or AppBuffer.DnsAnswersRrname => DnsSection.Answer,
            AppBuffer.DnsAuthoritiesRrname => DnsSection.Authority,
            AppBuffer.DnsAdditionalsRrname => DnsSection.Additional,
            _ => DnsSection.Question,
        };
        return buffer switch
        {
            // Only what was asked is a query; a response repeats it.
            AppBuffer.DnsQuery => !IsResponse,
            AppBuffer.DnsAnswerName or AppBuffer.DnsQueriesRrname or AppBuffer.DnsAnswersRrname
                or AppBuffer.DnsAdditionalsRrname or AppBuffer.DnsAuthoritiesRrname => true,
            _ => false,
        };
    }
}
