using Dataplane.Events.Applications;
using Dataplane.Inspection.Rules;
using Dataplane.Packets;

namespace Dataplane.Inspection.Compile;

/// <summary>The rules that look at transactions of one application in one direction, by how far the
/// transaction must be.</summary>
public sealed class TransactionGroup
{
    private readonly TransactionLevel[] _levels;

    private readonly int[] _events;

    private TransactionGroup(TransactionLevel[] levels, int[] events)
    {
        _levels = levels;
        _events = events;
    }

    public static TransactionGroup Empty { get; } = new([], []);

    /// <summary>Rules about what is irregular, decided as soon as it comes to light.</summary>
    public ReadOnlySpan<int> Events => _events;

    /// <summary>In rising order of <see cref="TransactionLevel.Level"/>.</summary>
    public ReadOnlySpan<TransactionLevel> Levels => _levels;

    public bool IsEmpty => _levels.Length + _events.Length == 0;

    internal static TransactionGroup Build(
        IEnumerable<CompiledRule> rules, AppProtocol application, Side sender)
    {
        CompiledRule[] members = [.. rules.Where(r => Concerns(r, application, sender))];
        int[] events = [.. members.Where(r => r.HearsEvents).Select(r => r.Index)];
        TransactionLevel[] levels =
        [
            .. members.Where(r => !r.HearsEvents)
                .GroupBy(r => r.Level).OrderBy(g => g.Key)
                .Select(g => new TransactionLevel(g.Key, [.. g])),
        ];
        return members.Length == 0 ? Empty : new TransactionGroup(levels, events);
    }

    internal static bool Concerns(CompiledRule rule, AppProtocol application, Side sender)
    {
        byte side = sender == Side.Server ? RuleBuffer.ToClient : RuleBuffer.ToServer;
        foreach (CompiledSection section in rule.ApplicationSections)
        {
            if ((section.View.Buffer.Sides & side) == 0)
            {
                return false;
            }
        }
        bool speaks = rule.ApplicationMask == 0 || Applications.Has(rule.ApplicationMask, application);
        return speaks && RuleSet.Concerns(rule.Rule, sender);
    }
}
