using Dataplane.Benchmarks.Traffic;

namespace Dataplane.Benchmarks.Ids;

/// <summary>One bar: a chain, and what it is called.</summary>
/// <param name="Id">C0 to C6 as in the paper's section 7.3 (C0 and C6 are ours), with a suffix for
/// variants.</param>
/// <param name="Text">What it is, in words.</param>
/// <param name="Stages">Stages of its chain.</param>
public sealed record IdsConfiguration(string Id, string Text, string Stages)
{
    private const string Detections =
        """{"name":"detections","events":["EVENT/DPI_DETECT","EVENT/DPI/GIVE_UP"]}""";
    private const string ClientAtServer = """ "event":"PKT_IN","sender":"client","half":"server"}""";

    /// <summary>All bars for a set of traffic, the paper's first to last.</summary>
    public static IReadOnlyList<IdsConfiguration> All(TrafficKind traffic)
    {
        // Sets of one request a connection: its answer ends inspection. Else after some requests.
        int cleanAfter = traffic is TrafficKind.T3 or TrafficKind.T4 ? 1 : 2_048;
        return
        [
            new("C0", "stack, no subscriber", Depth(""" "filter":"udp port 9" """)),
            new("C1", "both NFs, all packets, both halves", Static("both", "both")),
            new("C1 restarting", "as C1, DPI without early stop",
                Static("both", "both", """ "restarts":true, """)),
            new("C1 double", "as C1, each half's telling scanned, as in the paper",
                Static("both", "both", """ "restarts":true,"eachHalf":true, """, """ "eachHalf":true, """)),
            new("C2", "packets of clients", Static("client", "both")),
            new("C3", "packets of clients, server half", Static("client", "server")),
            new("C4", "dynamic, DPI_DETECT's own packet scanned", Dynamic(
                """ "scansDetected":true """, $$"""{"name":"packets",{{ClientAtServer}}""")),
            new("C4 late", "as C4 without that packet",
                Dynamic("", $$"""{"name":"packets",{{ClientAtServer}}""")),
            new("C5", "DATA_RDY from offset 0", Dynamic("", Stream("offset:0"))),
            new("C5 late", "as C5 from the next byte", Dynamic("", Stream("now"))),
            new("C6", "C5, clean flows leave the stack", Dynamic($""" "cleanAfterBytes":{cleanAfter} """,
                Stream("offset:0"), """{"name":"answers","event":"EVENT/DATA_RDY","sender":"server"}""")),
        ];
    }

    /// <summary>Chains that measure the stack alone, for the model.</summary>
    public static IReadOnlyList<IdsConfiguration> OfStack() =>
    [
        new("s half", "server half followed", Depth(""" "half":"server" """)),
        new("s both", "both halves followed", Depth(""" "half":"both" """)),
        new("s event", "as s both, each packet told twice to one NF that does nothing",
            """
            {"nfs":[{"name":"n","kind":"bench-packets",
             "subscriptions":[{"name":"packets","event":"PKT_IN","half":"both"}]}]}
            """),
        new("s two", "as s event, to two such NFs",
            """
            {"nfs":[{"name":"n","kind":"bench-packets",
             "subscriptions":[{"name":"packets","event":"PKT_IN","half":"both"}]},
                    {"name":"o","kind":"bench-packets",
             "subscriptions":[{"name":"packets","event":"PKT_IN","half":"both"}]}]}
            """),
        new("s stream", "server half followed, client's stream delivered",
            """
            {"nfs":[{"name":"n","kind":"bench-bytes",
             "subscriptions":[{"name":"bytes","event":"EVENT/DATA_RDY","sender":"client"}]}]}
            """),
        new("s switch", "one DPI_DETECT and its changes of subscription a flow",
            $$"""
            {"nfs":[{"name":"a","kind":"bench-switch","subscriptions":[{"name":"packets",{{ClientAtServer}}]},
                    {"name":"b","kind":"bench-follower","subscriptions":[{"name":"packets",{{ClientAtServer}},
                       {"name":"detections","event":"EVENT/DPI_DETECT"}]}]}
            """),
        new("s replay", "as s switch, to the client's stream from its first byte",
            $$"""
            {"nfs":[{"name":"a","kind":"bench-switch","subscriptions":[{"name":"packets",{{ClientAtServer}}]},
                    {"name":"b","kind":"bench-follower","subscriptions":[{{Stream("offset:0")}},
                       {"name":"detections","event":"EVENT/DPI_DETECT"}]}]}
            """),
    ];

    private static string Depth(string subscription) =>
        $$"""
        {"nfs":[{"name":"d","kind":"bench-depth",
         "subscriptions":[{"name":"anomalies","event":"EVENT/TCP/ANOMALY",{{subscription}}}]}]}
        """;

    private static string Static(string sender, string half, string dpi = "", string ids = "")
    {
        string subscription = $$""" "event":"PKT_IN","sender":"{{sender}}","half":"{{half}}"}""";
        return $$"""
            {"nfs":[{"name":"dpi","kind":"bench-dpi","options":{{{dpi}}"static":true},
                     "subscriptions":[{"name":"packets",{{subscription}}]},
                    {"name":"ids","kind":"bench-signature","options":{{{ids}}"static":true},
                     "subscriptions":[{"name":"every-packet",{{subscription}}]}]}
            """;
    }

    private static string Dynamic(string options, params string[] subscriptions) =>
        $$"""
        {"nfs":[{"name":"dpi","kind":"bench-dpi","subscriptions":[{"name":"packets",{{ClientAtServer}}]},
                {"name":"ids","kind":"bench-signature","options":{{{options}}},
                 "subscriptions":[{{string.Join(",", [.. subscriptions, Detections])}}]}]}
        """;

    private static string Stream(string start) =>
        $$"""{"name":"stream","event":"EVENT/DATA_RDY","sender":"client","start":"{{start}}"}""";
}
