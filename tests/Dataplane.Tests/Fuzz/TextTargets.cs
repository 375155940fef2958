using System.Text;
using Dataplane.Chains;
using Dataplane.Contract.Configuration;
using Dataplane.Events;
using Dataplane.Inspection.Rules;

namespace Dataplane.Tests.Fuzz;

/// <summary>Lines of a rule file.</summary>
internal sealed class RuleTarget : FuzzTarget
{
    private readonly RuleParser _parser = new(new RuleVariables(), new Classifications());

    public override string Name => "rule parser";

    public override int Share => 230_000;

    public override IReadOnlyList<byte[]> Seeds { get; } = Corpus.Lines("rules.txt");

    public override IReadOnlyList<byte[]> Words { get; } = Corpus.Words(
        "content:\"", "|41 42|", "pcre:\"/", "/RUi\"", "sid:", ";", "(", ")", "[", "]", "!", "$HOME_NET",
        "any", "->",
        "<>", "relative", "distance:-5;", "within:9;", "fast_pattern;", "http.uri;", "0x", "4294967296",
        "-1", "/128",
        "::", "byte_test:8,!&,", "dsize:", "flow:", "\\", "\"", "(?<a>", "(a+)+", "[^", "{1,65535}");

    public override ulong Execute(ReadOnlySpan<byte> input)
    {
        string text = Encoding.Latin1.GetString(input);
        _ = RuleParser.FindSid(text);
        try
        {
            Rule rule = _parser.Parse(text);
            return Outcome.Of($"rule {rule.Protocol} {rule.Action}");
        }
        catch (RuleSyntaxException fault)
        {
            return Outcome.Of($"{fault.Keyword}: {fault.Message}");
        }
    }
}

/// <summary>BPF expressions of chains and subscriptions.</summary>
internal sealed class FlowFilterTarget : FuzzTarget
{
    public override string Name => "BPF filter";

    public override int Share => 10_000;

    public override int LengthMax => 512;

    public override IReadOnlyList<byte[]> Seeds { get; } = Corpus.Lines("filters.txt");

    public override IReadOnlyList<byte[]> Words { get; } = Corpus.Words(
        "tcp ", "udp ", "port ", "portrange ", "host ", "net ", " and ", " or ", "not ", "(", ")", "vlan ",
        "src ", "dst ",
        "1-65535", "::/0", "10.0.0.0/33", "tcp[13]", "len > 5", "!", "&&", "||", "mask ");

    public override ulong Execute(ReadOnlySpan<byte> input)
    {
        bool isFilter =
            FlowFilter.TryParse(Encoding.Latin1.GetString(input), out FlowFilter filter, out string? fault);
        if (!isFilter && string.IsNullOrEmpty(fault))
        {
            throw new InvalidOperationException("It is no filter, and nothing says why.");
        }

        return isFilter ? filter.Matches(default) ? 1UL : 2UL : Outcome.Of(fault);
    }
}

/// <summary>Predicates over the fields of events.</summary>
internal sealed class EventPredicateTarget : FuzzTarget
{
    private static readonly ushort[] Types =
        [EventType<TcpPacket>.Id, EventType<DataReady>.Id, EventType<DpiDetect>.Id, EventType<AnyEvent>.Id];

    public override string Name => "event predicate";

    public override int Share => 10_000;

    public override int LengthMax => 512;

    public override IReadOnlyList<byte[]> Seeds { get; } = Corpus.Lines("predicates.txt");

    public override IReadOnlyList<byte[]> Words { get; } = Corpus.Words(
        "plen ", "side ", " and ", " or ", "not ", "in {", "}", "..", "(", ")", ">= ", "& ", "0x",
        "18446744073709551616",
        "-1", "client", "seq ", "!", "==");

    public override ulong Execute(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty)
        {
            return 0;
        }

        ushort type = Types[input.Length % Types.Length];
        string text = Encoding.Latin1.GetString(input);
        if (!EventPredicate.TryParse(text, type, out EventPredicate? predicate, out string? fault))
        {
            return string.IsNullOrEmpty(fault)
                ? throw new InvalidOperationException("It is no predicate, and nothing says why.")
                : Outcome.Of(fault);
        }

        var record = new EventRecord { TypeId = type };
        return predicate!.Holds(in record) ? 1UL : 2UL;
    }
}

/// <summary>Configuration documents.</summary>
internal sealed class DocumentTarget : FuzzTarget
{
    public override string Name => "configuration document";

    public override int Share => 3_000;

    public override int QuickCount => 500;

    public override IReadOnlyList<byte[]> Seeds { get; } = [Corpus.Bytes("document.json")];

    public override IReadOnlyList<byte[]> Words { get; } = Corpus.Words(
        "{", "}", "[", "]", "null", "true", "1e999", "-1", "\"\\ud800\"", "\"id\":", ",", "\"", "[[[[[[[[",
        "99999999999");

    public override ulong Execute(ReadOnlySpan<byte> input)
    {
        ConfigurationDocument? document = DocumentReader.Read(input.ToArray(),
        out IReadOnlyList<ConfigFault> faults);
        if (document is null && faults.Count == 0)
        {
            throw new InvalidOperationException("There is no document, and no fault says why.");
        }

        return document is null ? Outcome.Of(faults[0].Message) : 1;
    }
}
