namespace Dataplane.Benchmarks.Latency;

/// <summary>One of the four ways of figure 8 in which the NFs tune themselves.</summary>
/// <param name="Id">Default, DPI_DETECT, LONG_FLOW or Both.</param>
/// <param name="Detects">DPI leaves what it knows; Signature_Match hears HTTP only.</param>
/// <param name="Measures">Flow_Stats leaves what it reported; Logger hears long flows only.</param>
public sealed record LatencyVariant(string Id, bool Detects, bool Measures)
{
    /// <summary>Nanoseconds of work for each packet: DPI, Signature_Match, Flow_Stats, Logger, LB. The second
    /// and the fourth are the dear ones, as in the paper.</summary>
    public static readonly IReadOnlyList<int> ServiceNs = [1_000, 3_000, 1_000, 3_000, 1_000];

    /// <summary>All four.</summary>
    public static readonly IReadOnlyList<LatencyVariant> All =
    [
        new("Default", false, false), new("DPI_DETECT", true, false), new("LONG_FLOW", false, true),
        new("Both", true, true),
    ];

    private static readonly string[] Names = ["dpi", "sig", "stats", "log", "lb"];

    /// <summary>The chain: one stage, so that its NFs may run in parallel where the placement says
    /// so.</summary>
    /// <param name="roundsPerNs">Rounds of work that take a nanosecond.</param>
    /// <param name="placements">Placement of each of the five NFs.</param>
    public string Stages(double roundsPerNs, IReadOnlyList<string> placements)
    {
        string[] kinds =
        [
            Detects ? "bench-detector" : "bench-work", "bench-work",
            Measures ? "bench-statistics" : "bench-work", "bench-work", "bench-work",
        ];
        string[] triggers =
            ["", Detects ? "EVENT/DPI_DETECT" : "", "", Measures ? "EVENT/LONG_FLOW" : "", ""];
        var nfs = new List<string>();
        for (int i = 0; i < Names.Length; i++)
        {
            string subscriptions = triggers[i].Length > 0
                ? $$"""{"name":"late","event":"PKT_IN"},{"name":"triggers","event":"{{triggers[i]}}"}"""
                : """{"name":"packets","event":"PKT_IN"}""";
            nfs.Add($$"""
                {"name":"{{Names[i]}}","kind":"{{kinds[i]}}","placement":"{{placements[i]}}",
                 "options":{"rounds":{{(int)(ServiceNs[i] * roundsPerNs)}},"row":{{i}}},
                 "subscriptions":[{{subscriptions}}]}
                """);
        }

        return $$"""{"nfs":[{{string.Join(",", nfs)}}]}""";
    }
}
