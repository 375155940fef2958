using Dataplane.Chains;
using Dataplane.Chains.Parallel;

namespace Testing.Lies;

/// <summary>Finds where an NF does more than its profile says: what it reads, writes, drops, publishes,
/// records, switches and asks its context for.</summary>
/// <remarks>
/// Reading is found by poison: fields that the profile does not name are overwritten before the NF and put
/// back behind it, in one run with one byte and in one with another; whatever the NF shows must be the same.
/// What the stack found before (event bodies, the flow's key, streams) cannot be poisoned.
/// </remarks>
public sealed class LieDetector(Type kind, string options, string ruleSets, Func<INfResources?> resources)
{
    private const byte OnePoison = 0x11;
    private const byte OtherPoison = 0xEE;
    private readonly NfManifest _manifest = NfManifest.Of(kind);
    private readonly List<string> _lies = [];

    /// <summary>An NF that needs no options and no resources but those of every bench.</summary>
    public LieDetector(Type kind)
        : this(kind, "{}", "[]", () => null)
    {
    }

    /// <summary>Every lie that a capture brings to light, as a sentence that names the kind.</summary>
    public IReadOnlyList<string> Examine(string capture)
    {
        _lies.Clear();
        FindWrites(capture);
        FindReads(capture);
        FindRest(capture, "inline", null);
        using var lanes = new NextCore();
        FindRest(capture, "parallel", lanes);
        return [.. _lies.Distinct()];
    }

    private void FindWrites(string capture)
    {
        var desk = new PoisonDesk();
        _ = Run(capture, desk);
        NfProfile profile = _manifest.Profile;
        PacketFields declared = profile.Writes
            | (profile.Resizes ? PacketFields.Payload | PacketFields.Length : PacketFields.None);
        Note((desk.Changed & ~declared) != 0, $"writes {desk.Changed & ~declared}");
        bool changesFlow = (desk.Changed & (PacketFields.Ip | PacketFields.Ports)) != 0;
        Note(changesFlow && !profile.ChangesFlow, "gives flows another identity");
        Note(desk.IsResized && !profile.Resizes, "adds or removes bytes");
    }

    private void FindReads(string capture)
    {
        PacketFields undeclared = PacketFields.All & ~_manifest.Profile.Reads;
        foreach (PacketFields field in Enum.GetValues<PacketFields>())
        {
            if (field is not (PacketFields.None or PacketFields.All) && (undeclared & field) != 0)
            {
                string one = Run(capture, new PoisonDesk { Poisoned = field, Poison = OnePoison });
                string other = Run(capture, new PoisonDesk { Poisoned = field, Poison = OtherPoison });
                Note(one != other, $"reads {field}");
            }
        }
    }

    /// <summary>The NF between its witnesses, in a chain that only listens: everything it shows, as
    /// text.</summary>
    private string Run(string capture, PoisonDesk desk)
    {
        string document = Document(1, """{"name":"before","kind":"witness-before"}""",
            Nf("inline"), """{"name":"behind","kind":"witness-behind"}""").Replace(
            "},{\"name\"", "}]},{\"nfs\":[{\"name\"", StringComparison.Ordinal);
        using ParallelBench bench = ParallelBench.Examining(
            document, null, resources(), kind, typeof(WitnessBefore), typeof(WitnessBehind));
        WitnessBehind behind = bench.Nf<WitnessBehind>("behind");
        (bench.Nf<WitnessBefore>("before").Desk, behind.Desk) = (desk, desk);
        bench.PlayCapture(capture).EndAll();
        NfCounts counts = bench.Runner.Chains[0].Counts[1];
        return string.Join('\n', behind.Said) + '\n' + string.Join('\n', bench.Records.Texts)
            + $"\n{counts.Modified} {counts.DropPacket} {counts.DropFlow} {counts.RejectFlow} "
            + bench.Runner.Chains[0].FaultsOf(1);
    }

    /// <summary>The NF alone between two ports, where it is obeyed.</summary>
    private void FindRest(string capture, string placement, ILaneHost? lanes)
    {
        using ParallelBench bench = ParallelBench.Examining(
            Document(2, Nf(placement)), lanes, resources(), kind);
        bench.PlayCapture(capture).EndAll();
        bench.Runner.Drain();
        ChainInstance chain = bench.Runner.Chains[0];
        NfCounts counts = chain.Counts[0];
        NfProfile profile = _manifest.Profile;
        Note(counts.DropPacket > 0 && profile.Drops != DropForm.Packet, "drops single packets");
        Note(counts.DropFlow + counts.RejectFlow > 0 && profile.Drops == DropForm.None, "drops flows");
        Note(counts.Modified > 0 && profile.Writes == PacketFields.None, "says that it modifies packets");
        foreach (RecordStream stream in bench.Records.Streams)
        {
            Note(!profile.Streams.Contains(stream), $"writes records of {stream}");
        }

        Note(chain.FaultsOf(0) > 0, $"throws: {chain.LastFaultOf(0)}");
    }

    private string Document(int ports, params string[] nfs) => ChainBench.Document(ports, nfs).Replace(
        "{\"ports\":[{", $$"""{"ruleSets":{{ruleSets}},"ports":[{""", StringComparison.Ordinal);

    private string Nf(string placement) =>
        $$"""{"name":"nf","kind":"{{_manifest.Kind}}","placement":"{{placement}}","options":{{options}}}""";

    private void Note(bool isLie, string what)
    {
        if (isLie)
        {
            _lies.Add($"{_manifest.Kind} {what}; its profile does not say so.");
        }
    }

    /// <summary>Runs lanes when the worker lets it, on the worker's thread.</summary>
    private sealed class NextCore : ILaneHost
    {
        private readonly List<ILane> _lanes = [];

        public void Add(ILane lane) => _lanes.Add(lane);

        public void Remove(ILane lane) => _lanes.Remove(lane);

        public bool TryAbandon(ILane lane) => false;

        public void Wake() => _lanes.ForEach(lane => lane.Step());

        public void Dispose() => _lanes.Clear();
    }
}
