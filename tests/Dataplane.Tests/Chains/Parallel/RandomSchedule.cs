using System.Globalization;
using CsCheck;
using Testing;

namespace Dataplane.Tests.Chains.Parallel;

/// <summary>A random chain of talkers over random flows, and a random schedule to run it by.</summary>
internal sealed record RandomSchedule(
    RandomSchedule.Nf[] Nfs, int Subscriptions, int Flows, int Burst, int Seed)
{
    private const int StageMax = 4;
    private static readonly string[] Kinds =
    [
        "talker", "listener", "talking-gate", "silent-gate", "talking-dropper", "talking-writer",
    ];
    private static readonly string[] Places = ["inline", "core:1", "core:2", "parallel"];

    /// <summary>One NF; <paramref name="Hears"/> has a bit for each subscription, of those that
    /// <see cref="Subscriptions"/> lets NFs have.</summary>
    public sealed record Nf(int Kind, int Stage, int Place, int Hears, int Seed);

    public static Gen<RandomSchedule> Any => Gen.Select(
        Gen.Select(Gen.Int[0, Kinds.Length - 1], Gen.Int[0, StageMax - 1], Gen.Int[0, Places.Length - 1],
            Gen.Int[1, 31], Gen.Int[0, 999], (kind, stage, place, hears, seed) =>
                new Nf(kind, stage, place, hears | 1, seed)).Array[2, 5],
        Gen.Int[0, 31], Gen.Int[1, 3], Gen.Int[1, 8], Gen.Int[0, 999_999],
        (nfs, subscriptions, flows, burst, seed) =>
            new RandomSchedule(nfs, subscriptions | 1, flows, burst, seed));

    private bool HasSpeakers => Nfs.Any(nf => Kinds[nf.Kind].StartsWith("talk", StringComparison.Ordinal));

    /// <summary>NFs in the order of the chain.</summary>
    public IEnumerable<(Nf Nf, string Name)> Named =>
        Nfs.Select((nf, i) => (nf, Name: "nf" + i.ToString(CultureInfo.InvariantCulture)))
            .OrderBy(pair => pair.nf.Stage);

    /// <summary>The document; with every NF on the worker, or where its place says after so many
    /// moves.</summary>
    public string Document(bool isParallel, int jitter, int moves = 0)
    {
        IEnumerable<string> stages = Named.GroupBy(pair => pair.Nf.Stage)
            .Select(stage => $$"""{"nfs":[{{string.Join(",", stage.Select(pair =>
                Text(pair.Nf, pair.Name, isParallel ? Place(pair.Nf, moves) : "inline", jitter)))}}]}""");
        return $$"""
            {"ports":[{"id":"a","device":"demo"},{"id":"b","device":"demo"}],
             "chains":[{"id":"main","ports":["a","b"],"stages":[{{string.Join(",", stages)}}]}]}
            """;
    }

    /// <summary>Packets of all flows, mixed.</summary>
    public IReadOnlyList<Frame> Frames()
    {
        var random = new Random(Seed);
        List<Queue<Frame>> scripts =
            [.. Enumerable.Range(0, Flows).Select(flow => new Queue<Frame>(Script(random, flow).Frames))];
        var frames = new List<Frame>();
        long now = 1_700_000_000_000_000_000;
        while (scripts.Count > 0)
        {
            Queue<Frame> next = scripts[random.Next(scripts.Count)];
            frames.Add(next.Dequeue() with { TimestampNs = now });
            now += random.Next(1, 2_000) * 1_000L;
            scripts.RemoveAll(script => script.Count == 0);
        }

        return frames;
    }

    public override string ToString() =>
        $"flows {Flows}, burst {Burst}, seed {Seed}\n{Document(isParallel: true, jitter: 0)}";

    private static string Place(Nf nf, int moves) =>
        Places[(nf.Place + (moves * (1 + (nf.Seed % 3)))) % Places.Length];

    private string Text(Nf nf, string name, string place, int jitter)
    {
        string[] events =
        [
            """{"name":"packets","event":"PKT_IN","half":"HALF"}""".Replace(
                "HALF", (nf.Seed & 1) == 0 ? "both" : "receiver", StringComparison.Ordinal),
            """{"name":"probes","event":"EVENT/STAT/PROBE"}""",
            """{"name":"data","event":"EVENT/DATA_RDY"}""",
            """{"name":"states","event":"EVENT/TCP","half":"both"}""",
            """{"name":"flows","events":["EVENT/FLOW/START","EVENT/FLOW/END"]}""",
        ];
        IEnumerable<string> heard = events.Where(
            (_, i) => (nf.Hears & Subscriptions & (1 << i)) != 0 && (i != 1 || HasSpeakers));
        return $$"""
            {"name":"{{name}}","kind":"{{Kinds[nf.Kind]}}","placement":"{{place}}",
             "options":{"seed":{{nf.Seed}},"jitter":{{jitter}}},"subscriptions":[{{string.Join(",", heard)}}]}
            """;
    }

    private static TcpScript Script(Random random, int flow)
    {
        TcpScript script = TcpScript.Between($"10.0.0.1:{4000 + flow}", "10.0.0.2:80");
        script = random.Next(8) == 0 ? script : script.Handshake();
        for (int turn = random.Next(3, 14); turn > 0; turn--)
        {
            script = random.Next(8) switch
            {
                0 => script.ClientSegment(random.Next(60), "abcdefghijkl"[..random.Next(1, 12)]),
                1 => script.ServerRetransmits(),
                2 => script.ServerAcks().ServerAcks(),
                < 5 => script.ServerSends(random.Next(1, 90)),
                _ => script.ClientSends(random.Next(1, 90)),
            };
        }

        return random.Next(4) switch
        {
            0 => script.ClientResets(),
            1 => script.Close().Handshake().ClientSends(10),
            _ => script.Close(),
        };
    }
}
