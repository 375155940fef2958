using CsCheck;
using Dataplane.Events;
using Dataplane.Native.Memory;
using Dataplane.Packets;

namespace Dataplane.Tests.Events;

public sealed class EventPredicateTests
{
    [Theory]
    [InlineData("payloadLength = 1000", true)]
    [InlineData("plen == 1000", true)]
    [InlineData("plen != 1000", false)]
    [InlineData("plen > 999 and plen < 1001", true)]
    [InlineData("plen >= 1001 or sequence <= 7", true)]
    [InlineData("not (plen > 999)", false)]
    [InlineData("!(plen > 999) || seq == 7", true)]
    [InlineData("plen in {1, 5..9, 900..1000}", true)]
    [InlineData("plen in {1, 5..9}", false)]
    [InlineData("tcpFlags & 0x08", true)]
    [InlineData("tcpFlags & 0x02", false)]
    [InlineData("tcpFlags = 0x18", true)]
    [InlineData("why", false)]
    [InlineData("window", true)]
    [InlineData("side = client", true)]
    [InlineData("sender = server", false)]
    [InlineData("half = server and not replay", true)]
    [InlineData("plen > 65535", false)]
    [InlineData("plen < 0", false)]
    [InlineData("plen = 1 and plen = 1000 or seq = 7", true)]
    [InlineData("seq = 7 or plen = 1 and plen = 2", true)]
    public void Tests_of_fields_and_header_are_answered(string text, bool expected)
    {
        var body = new TcpPacket(default, 7, 0, 512, 1000, 54, 0x18, 0);
        EventRecord record = Candidate(in body, Side.Client, Side.Server);
        Assert.Equal(expected, Parse<TcpPacket>(text).Holds(in record));
    }

    [Theory]
    [InlineData("", "Column 1: a test is missing.")]
    [InlineData("plen >", "Column 7: a value for payloadLength is missing.")]
    [InlineData("plen > 70000", "Column 8: payloadLength is a number from 0 to 65535; '70000' is not.")]
    [InlineData("plen > -1", "Column 8: payloadLength is a number from 0 to 65535; '-1' is not.")]
    [InlineData("sender = 9", "Column 10: sender cannot be '9'; it is one of client, server, none.")]
    [InlineData("plen > 1 plen", "Column 10: 'plen' does not belong here.")]
    [InlineData("(plen > 1", "Column 10: a closing parenthesis is missing.")]
    [InlineData("plen in {1", "Column 11: a closing brace is missing.")]
    [InlineData("plen in 1", "Column 9: a list in braces must follow in.")]
    [InlineData("plen > 1 # x", "Column 10: '#' does not belong here.")]
    [InlineData("plen & x", "Column 8: a mask of bits of payloadLength must follow &.")]
    public void A_wrong_predicate_is_refused_with_its_column(string text, string expected)
    {
        Assert.False(EventPredicate.TryParse(text, EventType<TcpPacket>.Id, out _, out string? fault));
        Assert.Equal(expected, fault);
    }

    [Fact]
    public void An_unknown_field_is_refused_with_the_fields_that_there_are()
    {
        Assert.False(EventPredicate.TryParse(
            "len > 1 and nonsense = 2", EventType<DataReady>.Id, out _, out string? fault));
        Assert.StartsWith("Column 13: EVENT/DATA_RDY has no field nonsense; it has offset, length, side",
            fault, StringComparison.Ordinal);
    }

    [Fact]
    public void The_words_of_a_fields_enum_are_values()
    {
        var body = new DataReady(0, 2000, Side.Client, 0, 0);
        EventRecord record = Candidate(in body, Side.Client, Side.Server);
        Assert.True(Parse<DataReady>("bytes > 1000 and side = Client").Holds(in record));
        Assert.False(Parse<DataReady>("bytes > 1000 and side = server").Holds(in record));
    }

    [Fact]
    public void A_predicate_nested_too_deeply_is_refused() =>
        Assert.False(EventPredicate.TryParse(
            new string('(', 80) + "len > 1" + new string(')', 80), EventType<DataReady>.Id, out _, out _));

    [Fact]
    public void A_predicate_answers_as_the_comparison_it_spells() =>
        Gen.Select(Gen.ULong, Gen.ULong, One("=", "!=", "<", "<=", ">", ">="))
            .Sample((field, value, sign) =>
            {
                var body = new DataReady(field, 0, Side.Client, 0, 0);
                EventRecord record = Candidate(in body, Side.Client, Side.Server);
                bool expected = sign switch
                {
                    "=" => field == value,
                    "!=" => field != value,
                    "<" => field < value,
                    "<=" => field <= value,
                    ">" => field > value,
                    _ => field >= value,
                };
                Assert.Equal(expected, Parse<DataReady>($"offset {sign} {value}").Holds(in record));
            }, iter: 2_000);

    [Fact]
    public void Any_text_is_compiled_or_refused_and_never_thrown_at() =>
        Gen.Frequency(
                (3, One("len", "side", "and", "or", "not", "(", ")", "{", "}", "in", "..", ",", "&")),
                (2, One("=", "<", ">=", "!", "5", "0x1f", "client", "-", "~")),
                (1, Gen.String[0, 8]))
            .Array[0, 12].Select(parts => string.Join(' ', parts))
            .Sample(text =>
            {
                bool isParsed = EventPredicate.TryParse(
                    text, EventType<DataReady>.Id, out EventPredicate? predicate, out string? fault);
                Assert.Equal(isParsed, predicate is not null);
                Assert.Equal(isParsed, fault is null);
            }, iter: 5_000);

    private static Gen<string> One(params string[] words) =>
        Gen.Int[0, words.Length - 1].Select(i => words[i]);

    private static EventPredicate Parse<T>(string text)
        where T : unmanaged, IEvent =>
        EventPredicate.TryParse(text, EventType<T>.Id, out EventPredicate? predicate, out string? fault)
            ? predicate!
            : throw new ArgumentException(fault);

    private static EventRecord Candidate<T>(in T body, Side sender, Side half)
        where T : unmanaged, IEvent
    {
        EventRecord record = default;
        record.TypeId = EventType<T>.Id;
        record.Flags = (EventFlags)((ushort)sender | ((ushort)half << 2));
        Reinterpret.As<EventBody, T>(ref record.Body) = body;
        return record;
    }
}
