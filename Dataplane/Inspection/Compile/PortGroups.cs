using Dataplane.Inspection.Rules;
using Dataplane.Packets;

namespace Dataplane.Inspection.Compile;

/// <summary>Rule groups of one transport and direction by the port that the server has.</summary>
internal sealed class PortGroups
{
    public const int PortCount = 65_536;

    /// <summary>More classes than this are merged: their packets get the group of all rules.</summary>
    public const int GroupMax = 4_096;

    private readonly RuleGroup[] _groups;
    private readonly ushort[] _groupByPort;

    private PortGroups(RuleGroup[] groups, ushort[] groupByPort, LiteralIndex literals)
    {
        _groups = groups;
        _groupByPort = groupByPort;
        Literals = literals;
    }

    public LiteralIndex Literals { get; }

    public RuleGroup Find(ushort port) => _groups[_groupByPort[port]];

    public static PortGroups Build(CompiledRule[] rules, TransportClass transport, Side sender)
    {
        LiteralIndex literals = LiteralIndex.Build(rules);
        if (!transport.HasPorts())
        {
            return new PortGroups([new RuleGroup(literals, rules)], new ushort[PortCount], literals);
        }
        var cuts = new SortedSet<int> { 0 };
        foreach (PortSet set in rules.SelectMany(r => PortsOf(r.Rule, sender)).Distinct())
        {
            foreach (ValueRange<ushort> range in set.Ranges)
            {
                cuts.Add(range.From);
                cuts.Add(range.To + 1);
            }
        }
        int[] starts = [.. cuts.Where(c => c < PortCount)];
        var groups = new List<RuleGroup> { new(literals, rules) };
        var known = new Dictionary<string, ushort>(StringComparer.Ordinal);
        ushort[] byPort = new ushort[PortCount];
        for (int i = 0; i < starts.Length; i++)
        {
            ushort first = (ushort)starts[i];
            CompiledRule[] members =
                [.. rules.Where(r => PortsOf(r.Rule, sender).Any(p => p.Contains(first)))];
            string signature =
                string.Join(',', members.Where(r => !IsAny(r.Rule, sender)).Select(r => r.Index));
            if (!known.TryGetValue(signature, out ushort group))
            {
                group = groups.Count < GroupMax ? (ushort)groups.Count : (ushort)0;
                if (group > 0)
                {
                    groups.Add(new RuleGroup(literals, members));
                }
                known[signature] = group;
            }
            int end = i + 1 < starts.Length ? starts[i + 1] : PortCount;
            byPort.AsSpan(first, end - first).Fill(group);
        }
        return new PortGroups([.. groups], byPort, literals);
    }

    private static bool IsAny(Rule rule, Side sender) => PortsOf(rule, sender).Any(p => p.IsAny);

    /// <summary>To the server its port is the destination, from it the source; with &lt;&gt; either may be
    /// meant.</summary>
    private static IEnumerable<PortSet> PortsOf(Rule rule, Side sender)
    {
        if (rule.Bidirectional)
        {
            return [rule.SourcePorts, rule.DestinationPorts];
        }
        return sender == Side.Server ? [rule.SourcePorts] : [rule.DestinationPorts];
    }
}
