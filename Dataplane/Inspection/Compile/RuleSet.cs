using Dataplane.Events.Applications;
using Dataplane.Inspection.Rules;
using Dataplane.Packets;

namespace Dataplane.Inspection.Compile;

/// <summary>All rules of one revision, compiled: read-only, shared by workers, disposed when none uses
/// it.</summary>
public sealed class RuleSet : IDisposable
{
    private readonly CompiledRule[] _rules;
    private readonly PortGroups[] _groups = new PortGroups[TransportClasses.Count * 2];

    private readonly TransactionGroup[] _transactions = new TransactionGroup[AppProtocols.Count * 2];
    private readonly int[] _findingRules;
    private readonly int[] _flowEventRules;
    private readonly BufferViews _views;
    private readonly DataSets _sets;

    private RuleSet(
        CompiledRule[] rules, IReadOnlyList<RejectedRule> rejected, RuleVariableNames names,
        BufferViews views, DataSets sets)
    {
        _rules = rules;
        _views = views;
        _sets = sets;
        Rejected = rejected;
        Names = names;
        for (int i = 0; i < _groups.Length; i++)
        {
            var transport = (TransportClass)(i / 2);
            var sender = (Side)(i % 2);
            CompiledRule[] members = [.. rules.Where(r => transport.IsIn(r.Rule.Protocol.Transports)
                && Concerns(r.Rule, sender))];
            _groups[i] = PortGroups.Build(
                [.. members.Where(SeesPackets)], transport, sender);
        }
        _flowEventRules = [.. rules.Where(r => r.HearsFlowEvents).Select(r => r.Index)];
        CompiledRule[] transactional = [.. rules.Where(r => r.IsTransaction && !r.HearsFlowEvents)];
        for (int i = 0; i < _transactions.Length; i++)
        {
            _transactions[i] = TransactionGroup.Build(transactional, (AppProtocol)(i / 2), (Side)(i % 2));
        }
        _findingRules =
            [.. rules.Where(r => r.Rule.Tests.Any(t => t is StreamEventTest)).Select(r => r.Index)];
        HasDecodeEvents = rules.Any(r => r.Rule.Tests.Any(t => t is DecodeEventTest));
        HearsStrays = HasDecodeEvents || rules.Any(r => r.Rule.Tests.Any(AsksForFragments));
        HasTransactions = transactional.Length + _flowEventRules.Length > 0;
        AsksEachSide = _flowEventRules.Length > 0 || rules.Any(r => r.IsDetectionOnly);
        NamesApplications = HasTransactions || rules.Any(
            r => r.ApplicationMask != 0 || r.Rule.Tests.Any(t => t is ApplicationProtocolTest));
    }

    /// <summary>In order of evaluation; an alert's rule index counts here.</summary>
    public ReadOnlySpan<CompiledRule> Rules => _rules;

    public IReadOnlyList<RejectedRule> Rejected { get; }

    public RuleVariableNames Names { get; }

    /// <summary>Rules about what the stack finds odd in a connection.</summary>
    public ReadOnlySpan<int> FindingRules => _findingRules;

    /// <summary>Rules about what a flow's sides speak that does not fit.</summary>
    public ReadOnlySpan<int> FlowEventRules => _flowEventRules;

    /// <summary>True when a rule asks what is wrong with a packet's headers.</summary>
    public bool HasDecodeEvents { get; }

    /// <summary>True when a rule asks for fragments, or for what is wrong with headers: for packets that
    /// belong to no flow.</summary>
    public bool HearsStrays { get; }

    /// <summary>True when a rule looks at the transactions of an application.</summary>
    public bool HasTransactions { get; }

    /// <summary>True when a rule asks what each side of a flow speaks by itself.</summary>
    public bool AsksEachSide { get; }

    /// <summary>True when a rule asks what applications speak, at least.</summary>
    public bool NamesApplications { get; }

    /// <summary>Every database that a scanner must be prepared for.</summary>
    public IEnumerable<LiteralIndex> Literals => _groups.Select(g => g.Literals).Concat(
        _transactions.SelectMany(g => g.Levels.ToArray()).SelectMany(l => l.Views.ToArray())
            .Select(v => v.Literals));

    public static RuleSet Compile(LoadedRules loaded) => Compile(loaded, []);

    /// <param name="loaded">The rules as they were read.</param>
    /// <param name="thresholds">Lines of threshold.config.</param>
    public static RuleSet Compile(LoadedRules loaded, IReadOnlyList<ThresholdLine> thresholds)
    {
        var names = new RuleVariableNames();
        var views = new BufferViews();
        var sets = new DataSets();
        var compiler = new RuleCompiler(names, views, sets);
        var rules = new List<CompiledRule>(loaded.Rules.Count);
        var rejected = new List<RejectedRule>(loaded.Rejected);
        foreach (Rule rule in loaded.Rules)
        {
            if (RuleCompiler.Refuse(rule) is { } refused)
            {
                rejected.Add(refused);
                continue;
            }
            try
            {
                rules.Add(compiler.Compile(rule));
            }
            catch (RuleSyntaxException fault)
            {
                rejected.Add(new RejectedRule(rule.File, rule.Line, rule.Sid, fault.Keyword, fault.Message));
            }
        }
        ThresholdLines.Apply(rules, thresholds);
        return new RuleSet(RuleOrder.Sort(rules), rejected, names, views, sets);
    }

    /// <summary>The rules for a packet sent by <paramref name="sender"/>; the port is the server's.</summary>
    public RuleGroup Group(TransportClass transport, Side sender, ushort serverPort) =>
        _groups[((int)transport * 2) + (sender == Side.Server ? 1 : 0)].Find(serverPort);

    /// <summary>The rules for transactions of an application, in the direction of what <paramref
    /// name="sender"/> says.</summary>
    public TransactionGroup Transactions(AppProtocol application, Side sender) =>
        _transactions[((int)application * 2) + (sender == Side.Server ? 1 : 0)];

    public void Dispose()
    {
        foreach (LiteralIndex literals in Literals)
        {
            literals.Dispose();
        }
        foreach (DataSet set in _sets.All)
        {
            set.Dispose();
        }
        foreach (CompiledTransform transform in _views.All.SelectMany(v => v.Transforms.ToArray()))
        {
            transform.Expression?.Dispose();
        }
        foreach (CompiledRule rule in _rules)
        {
            DisposeExpressions(rule);
        }
    }

    private static void DisposeExpressions(CompiledRule rule)
    {
        foreach (CompiledSection section in (CompiledSection[])[.. rule.Headers, .. rule.ApplicationSections])
        {
            DisposeExpressions(section);
        }
        if (rule.Payload is { } payload)
        {
            DisposeExpressions(payload);
        }
    }

    private static void DisposeExpressions(CompiledSection section)
    {
        foreach (CompiledStep step in section.Steps)
        {
            step.Expression?.Dispose();
            if (step.Decoded is { } decoded)
            {
                DisposeExpressions(decoded);
            }
        }
    }

    /// <summary>Rules about transactions or findings alone are shown those, not packets.</summary>
    private static bool SeesPackets(CompiledRule rule) => (!rule.IsTransaction || rule.Payload is not null)
        && !rule.Rule.Tests.Any(t => t is StreamEventTest);

    private static bool AsksForFragments(PacketTest test) =>
        test is FragmentBitsTest or FieldTest { Field: PacketField.FragmentOffset };

    internal static bool Concerns(Rule rule, Side sender)
    {
        FlowConditions directions = rule.Flow & (FlowConditions.ToServer | FlowConditions.ToClient);
        FlowConditions own = sender == Side.Server ? FlowConditions.ToClient : FlowConditions.ToServer;
        return directions == FlowConditions.None || (directions & own) != 0;
    }
}
