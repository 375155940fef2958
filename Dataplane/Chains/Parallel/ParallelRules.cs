using Dataplane.Events;

namespace Dataplane.Chains.Parallel;

/// <summary>The rules by which two NFs of one stage may work on a packet at the same time.</summary>
public enum ParallelRule : byte
{
    /// <summary>No rule allows it.</summary>
    None,
    P1,
    P2,
    P3,
    P4,
    P5,
    P6,
    P7,
    P8,
    P9,
    P10,
    P11,
    P12,
    P13,
    P14,
}

/// <summary>One NF as the rules see it.</summary>
/// <param name="Name">Its name in the document.</param>
/// <param name="Profile">What it does; without drops where the chain only listens.</param>
/// <param name="Publishes">Types it may publish, what is below them included.</param>
/// <param name="Hears">Types it is subscribed to.</param>
public sealed record NfRole(
    string Name, NfProfile Profile, IReadOnlyList<ushort> Publishes, IReadOnlyList<ushort> Hears)
{
    /// <summary>True when an event that this NF raises can reach the other one.</summary>
    public bool Reaches(NfRole other) =>
        Publishes.Any(said => other.Hears.Any(
            heard => EventTree.IsA(said, heard) || EventTree.IsA(heard, said)));

    /// <summary>Fields whose bytes may differ after it; other lengths shift what lies behind.</summary>
    public PacketFields Changes => Profile.Writes
        | (Profile.Resizes ? PacketFields.Payload | PacketFields.Length : PacketFields.None);
}

/// <summary>What a rule says of an ordered pair.</summary>
/// <param name="Rule">The rule that decided.</param>
/// <param name="MayOverlap">They may work on one packet at the same time.</param>
/// <param name="Text">Why, naming both.</param>
public sealed record PairAnswer(ParallelRule Rule, bool MayOverlap, string Text);

/// <summary>Rules P1 to P14 in their first version (engine §7): copies and merging are not done, so what
/// would need them is answered 'sequential'.</summary>
/// <param name="inverted">A rule whose answer is turned round: for the test that must notice.</param>
public sealed class ParallelRules(ParallelRule inverted = ParallelRule.None)
{
    private const SideEffects NoEffects = SideEffects.None;

    /// <summary>Those that forbid come first; the first one that fits decides.</summary>
    private static readonly Row[] Rows =
    [
        new(ParallelRule.P12, false,
            (a, b, _) => a.Profile.ChangesFlow && (b.Profile.KeysOnFlow || b.Profile.ChangesFlow),
            "{0} gives flows another identity, which {1} goes by or changes in turn"),
        new(ParallelRule.P7, false, (a, b, _) => a.Profile.Resizes && Touches(b, Behind),
            "{0} adds or removes bytes, and {1} works at or behind that place"),
        new(ParallelRule.P4, false, (a, b, _) => (a.Changes & b.Profile.Reads) != 0,
            "{0} writes what {1} reads"),
        new(ParallelRule.P6, false, (a, b, _) => (a.Changes & b.Changes) != 0,
            "{0} and {1} write the same fields"),
        new(ParallelRule.P5, false, (a, b, _) => a.Changes != 0 && b.Changes != 0,
            "{0} and {1} both write, and checksums are not merged"),
        new(ParallelRule.P3, false, (a, b, _) => (a.Profile.Reads & b.Changes) != 0,
            "{1} writes what {0} reads, and headers are not copied"),
        new(ParallelRule.P11, false, (a, _, _) => a.Profile.Delays,
            "{0} holds packets back or reorders them, so {1} must see them after it"),
        new(ParallelRule.P13, false, (a, b, _) => a.Reaches(b) || b.Reaches(a),
            "{1} hears events that {0} publishes, or the other way round"),
        new(ParallelRule.P13, false, (a, b, chain) => HearerOfBoth(a, b, chain) is not null,
            "{2} hears what {0} and {1} publish, and must hear {0} first"),
        new(ParallelRule.P14, false, (a, b, _) => ShareState(a, b),
            "{0} and {1} share state or a file that takes changes in the order of the chain only"),
        new(ParallelRule.P9, false,
            (a, b, _) => a.Profile.Drops != DropForm.None && b.Profile.Effects != NoEffects,
            "{0} may drop, and {1} would log or count a packet that was dropped"),
        new(ParallelRule.P9, false,
            (a, b, chain) => a.Profile.Drops != DropForm.None && chain.Any(b.Reaches),
            "{0} may drop, and others would hear what {1} says of a packet that was dropped"),
        new(ParallelRule.P9, false,
            (a, b, _) => a.Profile.Drops != DropForm.None && b.Profile.Drops != DropForm.None,
            "{0} may drop, and {1} would decide by a packet that was dropped"),
        new(ParallelRule.P8, true,
            (a, b, _) => a.Profile.Drops != DropForm.None && b.Changes == 0,
            "{0} may drop, but nothing that {1} does is seen outside: a drop wins"),
        new(ParallelRule.P10, true,
            (a, b, _) => b.Profile.Drops != DropForm.None && a.Changes == 0 && b.Changes == 0,
            "{1} may drop, but {0} would have seen the packet anyway"),
        new(ParallelRule.P2, true, (a, b, _) => a.Changes == 0 && b.Changes != 0
            && a.Profile.Drops == DropForm.None,
            "{0} only reads, and {1} writes other fields"),
        new(ParallelRule.P1, true, (a, b, _) => a.Changes == 0 && b.Changes == 0
            && a.Profile.Drops == DropForm.None && b.Profile.Drops == DropForm.None,
            "neither {0} nor {1} writes, resizes or drops"),
    ];

    private const PacketFields Behind = PacketFields.Payload | PacketFields.Length;

    /// <summary>Decides about <paramref name="a"/>, which comes before <paramref name="b"/> in the
    /// chain, whose NFs may hear what both say.</summary>
    public PairAnswer Judge(NfRole a, NfRole b, IReadOnlyList<NfRole> chain)
    {
        foreach (Row row in Rows)
        {
            if (row.Fits(a, b, chain))
            {
                string text = string.Format(System.Globalization.CultureInfo.InvariantCulture, row.Text,
                    a.Name, b.Name, HearerOfBoth(a, b, chain)?.Name);
                return new PairAnswer(row.Rule, row.MayOverlap != (row.Rule == inverted),
                    $"{row.Rule}: {text}.");
            }
        }

        return new PairAnswer(ParallelRule.None, false,
            $"{a.Name} writes and {b.Name} works on other fields: no rule of the first version allows it.");
    }

    /// <summary>True when both use state or a file that takes changes in the order of the chain
    /// only.</summary>
    public static bool ShareState(NfRole a, NfRole b)
    {
        bool sameStore = a.Profile.Store.Length > 0 && a.Profile.Store == b.Profile.Store
            && (a.Profile.Sharing == StoreSharing.Exclusive || b.Profile.Sharing == StoreSharing.Exclusive);
        return sameStore
            || a.Profile.Streams.Select(FileOf).Intersect(b.Profile.Streams.Select(FileOf)).Any();
    }

    private static NfRole? HearerOfBoth(NfRole a, NfRole b, IReadOnlyList<NfRole> chain) =>
        chain.FirstOrDefault(other => a.Reaches(other) && b.Reaches(other));

    private static bool Touches(NfRole nf, PacketFields fields) =>
        ((nf.Profile.Reads | nf.Changes) & fields) != 0;

    // Alerts and other events are lines of one file.
    private static RecordStream FileOf(RecordStream stream) =>
        stream is RecordStream.EveEvent or RecordStream.EveApplication or RecordStream.EveFlow
            ? RecordStream.EveAlert : stream;

    private sealed record Row(
        ParallelRule Rule, bool MayOverlap, Func<NfRole, NfRole, IReadOnlyList<NfRole>, bool> Fits,
        string Text);
}
