using System.Globalization;
using Dataplane.Benchmarks.Traffic;
using Dataplane.Events;
using Dataplane.Flows;
using Dataplane.Native.Reference;
using Dataplane.Packets;

namespace Dataplane.Benchmarks.Ids;

/// <summary>The paper's section 7.3: DPI and Signature_Match with subscriptions that narrow, C0 to C6, over
/// T1 to T4.</summary>
public sealed class IdsSubscriptionsExperiment : Experiment
{
    private const int Publications = 1_000_000;

    public override string Name => "ids-subscriptions";

    public override string Summary =>
        "IDS with narrowing subscriptions, C0–C6 on T1–T4: ns a packet, model, gains, counts";

    public override ExperimentReport Measure(string command)
    {
        var rows = new List<ReportRow>();
        var checks = new List<ReportCheck>();
        MeasurePublishing(rows, checks);
        foreach (TrafficKind kind in Enum.GetValues<TrafficKind>())
        {
            using var run = new IdsRun(TrafficOptions.Of(kind));
            run.Measure(rows, checks);
        }

        return ExperimentReport.Now(Name, command, rows, checks);
    }

    /// <summary>What asking for nobody's wish costs, beside the C reference's packet.</summary>
    private static void MeasurePublishing(List<ReportRow> rows, List<ReportCheck> checks)
    {
        const double ShareMax = 0.1;
        const string Ours = "event nobody wants";
        const string Reference = "C reference";
        using var frames = new FrameSet(10_000, 200_000);
        using var reference = new ReferenceSubject(frames, 20_000, CReference.BurstMax);
        var bus = new EventBus();
        var links = new LinkTable([]);
        using var limits = new LinkLimits(links, 0);
        bus.Use(0, [links], [limits]);
        var flows = new FlowEntry[64];
        var runs = new Interleaved();
        runs.Add(Reference, reference.Run);
        runs.Add(Ours, () => AskForWishes(bus, flows));
        runs.Run();
        ReportRow ratio = runs.Ratio(Ours, Reference);
        rows.AddRange([runs.Nanoseconds(Reference), runs.Nanoseconds(Ours), ratio]);
        checks.Add(ReportCheck.Aim("event nobody wants", ratio.Value <= ShareMax, string.Create(
            CultureInfo.InvariantCulture, $"{ratio.Value:0.000} of the C reference, at most {ShareMax}")));
    }

    private static long AskForWishes(EventBus bus, FlowEntry[] flows)
    {
        ulong wanted = 0;
        for (int i = 0; i < Publications; i++)
        {
            wanted |= bus.Wanted<TcpPacket>(in flows[i & 63], (Side)(i & 1), Side.Server);
        }

        return wanted == 0 ? Publications : 1;
    }
}
