using Dataplane.Chains;
using Dataplane.Contract.Configuration;
using Dataplane.Events;
using Dataplane.Native.Memory;
using Dataplane.Packets;
using Testing;

namespace Dataplane.Tests.Events;

/// <summary>Events of documents and of NFs: a base type and a filter.</summary>
public sealed class DefinedEventTests
{
    private const string Big =
        """{"path":"EVENT/PKT/TCP/BIG","base":"EVENT/PKT/TCP","where":"plen > 1000"}""";

    private const string Huge =
        """{"path":"EVENT/PKT/TCP/BIG/HUGE","base":"EVENT/PKT/TCP/BIG","where":"plen > 9000"}""";

    private const string Even =
        """{"path":"EVENT/PKT/TCP/EVEN","base":"PKT_IN","where":"not plen & 1"}""";

    [Fact]
    public void An_event_of_the_document_is_heard_by_its_path_where_its_filter_holds()
    {
        using ChainBench bench = ChainBench.Of(
            Document([Big], Hearing("r", "EVENT/PKT/TCP/BIG")), typeof(Recorder));
        bench.Packet(Side.Client, () => Segments(bench, 1000, 1001));
        EventRecord record = Assert.Single(bench.Nf<Recorder>("r").Events).Record;
        Assert.Equal((EventType<TcpPacket>.Id, (byte)1), (record.TypeId, record.Defined));
        Assert.Equal(1UL, bench.Built<TcpPacket>());
    }

    [Fact]
    public void One_event_raises_several_defined_events_each_for_those_who_name_it()
    {
        using ChainBench bench = ChainBench.Of(
            Document([Big, Huge, Even],
                Hearing("r", "EVENT/PKT/TCP/BIG", "EVENT/PKT/TCP/BIG/HUGE", "EVENT/PKT/TCP/EVEN")),
            typeof(Recorder));
        bench.Packet(Side.Client, () => Segments(bench, 1001, 10_000, 12, 9001));
        Assert.Equal(
            [(1, 1001), (1, 10_000), (2, 10_000), (3, 10_000), (3, 12), (1, 9001), (2, 9001)],
            bench.Nf<Recorder>("r").Events.Select(e => ((int)e.Record.Defined, LengthOf(e.Record))));
    }

    [Fact]
    public void E1_An_NF_that_hears_the_base_does_not_hear_its_defined_events_once_more()
    {
        using ChainBench bench = ChainBench.Of(
            Document([Big],
                Hearing("r", "EVENT/PKT/TCP", "EVENT/PKT/TCP/BIG"), Hearing("b", "EVENT/PKT/TCP/BIG")),
            typeof(Recorder));
        bench.Packet(Side.Client, () => Segments(bench, 1, 1001));
        Assert.Equal([0, 0], bench.Nf<Recorder>("r").Events.Select(e => (int)e.Record.Defined));
        Assert.Equal([1], bench.Nf<Recorder>("b").Events.Select(e => (int)e.Record.Defined));
    }

    [Theory]
    [InlineData("EVENT/PKT/UDP/BIG", "EVENT/PKT/TCP", "plen > 1", "/events/0/path", "not-below-base")]
    [InlineData("EVENT/PKT/TCP/SYN", "EVENT/PKT/TCP", "plen > 1", "/events/0/path", "duplicate-name")]
    [InlineData("EVENT/PKT/TCP/BIG", "EVENT/PKT/TCQ", "plen > 1", "/events/0/base", "unknown-event")]
    [InlineData("EVENT/PKT/TCP/BIG", "EVENT/PKT/TCP", "plen >", "/events/0/where", "bad-predicate")]
    [InlineData("big", "EVENT/PKT/TCP", "plen > 1", "/events/0/path", "wrong-value")]
    public void A_wrong_definition_is_a_fault_with_its_place(
        string path, string from, string where, string place, string code)
    {
        string definition = $$"""{"path":"{{path}}","base":"{{from}}","where":"{{where}}"}""";
        PlanResult plan = ChainBench.Plan(Document([definition], Hearing("r", "PKT_IN")), typeof(Recorder));
        Assert.Contains((place, code), plan.Faults.Select(fault => (fault.Path, fault.Code)));
    }

    [Fact]
    public void A_mistyped_event_of_the_document_is_refused_with_the_nearest_name()
    {
        ConfigFault fault = Assert.Single(ChainBench.Plan(
            Document([Big], Hearing("r", "EVENT/PKT/TCP/BIF")), typeof(Recorder)).Faults);
        Assert.Equal("Did you mean EVENT/PKT/TCP/BIG?", fault.Fix);
    }

    [Fact]
    public void A_filter_in_CSharp_raises_typed_children_and_is_asked_once_for_all_of_them()
    {
        WordFilter.Asked = 0;
        using ChainBench bench = ChainBench.Of(
            ChainBench.Document(1, ChainBench.Nf("w", "word-counter"), ChainBench.NfHearing(
                "r", "recorder", """{"event":"EVENT/DATA_RDY/GREETING"}""")),
            typeof(WordCounter), typeof(Recorder));
        foreach (string text in new[] { "hello you", "no", "you!!" })
        {
            var data = new DataReady(0, (uint)text.Length, Side.Client, 0, 0);
            bench.Packet(Side.Client, () => bench.Say(in data, Side.Server, text));
        }

        WordCounter counter = bench.Nf<WordCounter>("w");
        Assert.Equal((1, 2), (counter.Greetings, counter.Addresses));
        Assert.Equal("DATA_RDY/GREETING", bench.Nf<Recorder>("r").Paths);
        Assert.Equal("hello you", bench.Nf<Recorder>("r").Events[0].Bytes);
        Assert.Equal(3, WordFilter.Asked);
        Assert.Equal((0UL, 1UL, 2UL),
            (bench.Built<DataReady>(), bench.Built<Greeting>(), bench.Built<Address>()));
    }

    [Fact]
    public void A_filter_over_another_type_than_the_parent_is_refused_with_both_types()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => ChainBench.Plan(
            ChainBench.Document(1,
                ChainBench.NfHearing("r", "recorder", """{"event":"EVENT/PKT/TCP/MISFILTERED"}""")),
            typeof(Recorder)));
        Assert.Contains("EVENT/DATA_RDY", error.Message, StringComparison.Ordinal);
        Assert.Contains("EVENT/PKT/TCP", error.Message, StringComparison.Ordinal);
    }

    private static void Segments(ChainBench bench, params ushort[] lengths)
    {
        foreach (ushort length in lengths)
        {
            bench.Say(new TcpPacket(default, 0, 0, 0, length, 0, 0, 0), Side.Server);
        }
    }

    private static int LengthOf(EventRecord record) =>
        EventRecord.BodyOf<TcpPacket>(in record).PayloadLength;

    private static string Hearing(string name, params string[] paths) =>
        ChainBench.NfHearing(name, "recorder", [.. paths.Select(path => $$"""{"event":"{{path}}"}""")]);

    private static string Document(string[] events, params string[] nfs) =>
        $$"""{"events":[{{string.Join(",", events)}}],{{ChainBench.Document(1, nfs)[1..]}}""";
}

/// <summary>Looks for two words in the bytes of a stream.</summary>
public sealed class WordFilter : IEventFilter<DataReady>
{
    /// <summary>How often it was asked.</summary>
    public static int Asked { get; set; }

    public static uint Raise(in Event<DataReady> e, PacketBytes bytes)
    {
        Asked++;
        return (bytes.Span.IndexOf("hello"u8) >= 0 ? 1u : 0) | (bytes.Span.IndexOf("you"u8) >= 0 ? 2u : 0);
    }
}

/// <summary>EVENT/DATA_RDY/GREETING.</summary>
[Event("GREETING", Parent = typeof(DataReady)), RaisedBy(typeof(WordFilter), 0)]
public readonly record struct Greeting(DataReady Data) : IEvent;

/// <summary>EVENT/DATA_RDY/ADDRESS.</summary>
[Event("ADDRESS", Parent = typeof(DataReady)), RaisedBy(typeof(WordFilter), 1)]
public readonly record struct Address(DataReady Data) : IEvent;

/// <summary>EVENT/PKT/TCP/MISFILTERED: its filter is one of another type.</summary>
[Event("MISFILTERED", Parent = typeof(TcpPacket)), RaisedBy(typeof(WordFilter), 0)]
public readonly record struct Misfiltered(TcpPacket Tcp) : IEvent;

/// <summary>Counts what <see cref="WordFilter"/> raises.</summary>
[NetworkFunction("word-counter", PacketAccess.Read)]
[Subscribes("words", typeof(Greeting), typeof(Address))]
public sealed class WordCounter : INetworkFunction, IHandle<Greeting>, IHandle<Address>
{
    public int Greetings { get; private set; }

    public int Addresses { get; private set; }

    public Verdict Handle(in Event<Greeting> e, NfContext context)
    {
        Greetings++;
        return Verdict.Pass;
    }

    public Verdict Handle(in Event<Address> e, NfContext context)
    {
        Addresses++;
        return Verdict.Pass;
    }
}
