using Dataplane.Events;
using Dataplane.Flows;

namespace Dataplane.Benchmarks.Ids;

/// <summary>s, d, g and r, each measured apart, and the time a packet that they predict.</summary>
/// <remarks>
/// Time of a packet = s of its depth + events × building + deliveries × delivery + what nDPI was fed × d
/// + scans × g + detections × u; r is what a followed stream adds to s. Counts are those of the run, costs
/// those of chains and loops that do one thing each.
/// </remarks>
public sealed class IdsCosts
{
    private readonly Interleaved _runs;
    private readonly double _half;
    private readonly double _both;
    private readonly double _bypass;
    private readonly double _build;
    private readonly double _deliver;
    private readonly double _stream;
    private readonly double _switch;
    private readonly double _replay;

    /// <summary>From the bars of <see cref="IdsConfiguration.OfStack"/> and the direct loops.</summary>
    public IdsCosts(Interleaved runs, IReadOnlyDictionary<string, IdsCounts> counts)
    {
        _runs = runs;
        (_bypass, _half, _both) = (runs.Median("C0"), runs.Median("s half"), runs.Median("s both"));
        _stream = runs.Median("s stream") - _half;
        IdsCounts one = counts["s event"];
        double perEvent = (double)one.Packets / one.PacketEvents;
        _deliver = (runs.Median("s two") - runs.Median("s event")) * perEvent;
        _build = ((runs.Median("s event") - _both) * perEvent) - _deliver;
        _switch = OfDetection("s switch", counts["s switch"]);
        _replay = OfDetection("s replay", counts["s replay"]);
    }

    /// <summary>The costs as rows.</summary>
    public IReadOnlyList<ReportRow> Rows() =>
    [
        ReportRow.Counted("s, bypass", "ns a packet", _bypass),
        ReportRow.Counted("s, server half", "ns a packet", _half),
        ReportRow.Counted("s, both halves", "ns a packet", _both),
        ReportRow.Counted("r, client's stream", "ns a packet", _stream),
        ReportRow.Counted("building of an event", "ns an event", _build),
        ReportRow.Counted("delivery of an event", "ns a delivery", _deliver),
        ReportRow.Counted("u, detection and its changes", "ns a detection", _switch),
        ReportRow.Counted("u, with replay", "ns a detection", _replay),
        _runs.Nanoseconds("d client") with { Unit = "ns a packet fed" },
        _runs.Nanoseconds("d all") with { Unit = "ns a packet fed" },
        _runs.Nanoseconds("g all") with { Unit = "ns a scan" },
        _runs.Nanoseconds("g client") with { Unit = "ns a scan" },
        _runs.Nanoseconds("g http") with { Unit = "ns a scan" },
        _runs.Nanoseconds("g stream") with { Unit = "ns a scan" },
    ];

    /// <summary>Nanoseconds a packet that a configuration should take.</summary>
    public double Predict(string configuration, IdsCounts counts)
    {
        string d = configuration == "C1" ? "d all" : "d client";
        string g = configuration switch
        {
            "C1" => "g all",
            "C2" or "C3" => "g client",
            "C4" => "g http",
            _ => "g stream",
        };
        double total = Stack(counts)
            + Events(counts)
            + (counts.Fed * _runs.Median(d))
            + (counts.Scans * _runs.Median(g))
            + (counts.Detections * (g == "g stream" ? _replay : _switch));
        return total / counts.Packets;
    }

    /// <summary>What is left of a chain's time for each detection without stack and events.</summary>
    private double OfDetection(string id, IdsCounts counts) =>
        ((_runs.Median(id) * counts.Packets) - Stack(counts) - Events(counts)) / counts.Detections;

    private double Events(IdsCounts counts) =>
        (counts.PacketEventsBuilt * _build) + (counts.PacketEvents * _deliver);

    private double Stack(IdsCounts counts)
    {
        double total = (counts.Packets - counts.ByDepth.Sum()) * _bypass;
        for (int depth = 0; depth < counts.ByDepth.Length; depth++)
        {
            total += counts.ByDepth[depth] * OfDepth((StackDepth)depth);
        }

        return total;
    }

    private double OfDepth(StackDepth depth)
    {
        bool client = depth.HasFlag(StackDepth.ClientHalf);
        bool server = depth.HasFlag(StackDepth.ServerHalf);
        double halves = client && server ? _both : client || server ? _half : _bypass;
        double clientStream = depth.HasFlag(StackDepth.ClientStream) ? _stream : 0;
        return halves + clientStream + (depth.HasFlag(StackDepth.ServerStream) ? _stream : 0);
    }
}
