using Dataplane.Inspection.Rules;
using Dataplane.Packets;

namespace Dataplane.Inspection.Compile;

/// <summary>All rules of one revision, compiled: read-only, shared by workers, disposed when none uses
/// it.</summary>
public sealed class RuleSet : IDisposable
{
    private readonly CompiledRule[] _rules;
    private readonly PortGroups[] _groups = new PortGroups[TransportClasses.Count * 2];

    private RuleSet(CompiledRule[] rules, IReadOnlyList<RejectedRule> rejected, RuleVariableNames names)
    {
        _rules = rules;
        Rejected = rejected;
        Names = names;
        for (int i = 0; i < _groups.Length; i++)
        {
            var transport = (TransportClass)(i / 2);
            var sender = (Side)(i % 2);
            CompiledRule[] members = [.. rules.Where(r => transport.IsIn(r.Rule.Protocol.Transports)
                && Concerns(r.Rule, sender))];
            _groups[i] = PortGroups.Build(members, transport, sender);
        }
    }

    /// <summary>In order of evaluation; an alert's rule index counts here.</summary>
    public ReadOnlySpan<CompiledRule> Rules => _rules;

    public IReadOnlyList<RejectedRule> Rejected { get; }

    public RuleVariableNames Names { get; }

    /// <summary>Every database that a scanner must be prepared for.</summary>
    public IEnumerable<LiteralIndex> Literals => _groups.Select(g => g.Literals);

    public static RuleSet Compile(LoadedRules loaded)
    {
        var names = new RuleVariableNames();
        var compiler = new RuleCompiler(names);
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
        return new RuleSet(RuleOrder.Sort(rules), rejected, names);
    }

    /// <summary>The rules for a packet sent by <paramref name="sender"/>; the port is the server's.</summary>
    public RuleGroup Group(TransportClass transport, Side sender, ushort serverPort) =>
        _groups[((int)transport * 2) + (sender == Side.Server ? 1 : 0)].Find(serverPort);

    public void Dispose()
    {
        foreach (PortGroups groups in _groups)
        {
            groups.Literals.Dispose();
        }
        foreach (CompiledRule rule in _rules)
        {
            DisposeExpressions(rule);
        }
    }

    private static void DisposeExpressions(CompiledRule rule)
    {
        foreach (CompiledSection section in rule.Headers)
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
        }
    }

    private static bool Concerns(Rule rule, Side sender)
    {
        FlowConditions directions = rule.Flow & (FlowConditions.ToServer | FlowConditions.ToClient);
        FlowConditions own = sender == Side.Server ? FlowConditions.ToClient : FlowConditions.ToServer;
        return directions == FlowConditions.None || (directions & own) != 0;
    }
}
