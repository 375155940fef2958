using Dataplane.Benchmarks.Ids;
using Dataplane.Benchmarks.Traffic;

namespace Dataplane.Benchmarks.Tests.Ids;

/// <summary>The counts of <c>bench ids-subscriptions</c>, exactly, over small sets.</summary>
public sealed class IdsSubscriptionsTests
{
    public static TheoryData<TrafficKind> Kinds => [.. Enum.GetValues<TrafficKind>()];

    [Theory, MemberData(nameof(Kinds))]
    public void Events_and_alerts_of_every_configuration_are_those_of_the_truth(TrafficKind kind)
    {
        using var run = new IdsRun(TrafficOptions.Small(kind));
        foreach ((string id, _, ReportCheck check) in run.Verify())
        {
            Assert.True(check.Ok, $"{kind} {id}: {check.Text}");
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Events_stand_as_4_to_4c_to_2c_and_C4_halves_them_at_least(TrafficKind kind)
    {
        using var run = new IdsRun(TrafficOptions.Small(kind));
        Dictionary<string, long> events = run.Verify().ToDictionary(v => v.Id, v => v.Counts.PacketEvents);
        TrafficTruth truth = run.Truth;
        Assert.Equal(4L * truth.TcpPackets, events["C1"]);
        Assert.Equal(4L * truth.ClientTcpPackets, events["C2"]);
        Assert.Equal(2L * truth.ClientTcpPackets, events["C3"]);
        Assert.True(events["C4"] * 2 <= events["C3"], $"{events["C4"]} of {events["C3"]}");
        Assert.Equal(0, events["C0"]);
    }

    [Fact]
    public void Attacks_in_the_packet_of_the_detection_are_missed_without_replay_and_found_with_it()
    {
        using var run = new IdsRun(TrafficOptions.Small(TrafficKind.T4));
        Dictionary<string, IdsCounts> counts = run.Verify().ToDictionary(v => v.Id, v => v.Counts);
        Assert.True(run.Prediction.MissedLate > 0);
        Assert.Equal(run.Prediction.Whole, counts["C4"].Alerts);
        Assert.Equal(run.Prediction.Whole.Count - run.Prediction.MissedLate, counts["C4 late"].Alerts.Count);
        Assert.Equal(run.Prediction.All, counts["C5"].Alerts);
        Assert.True(counts["C5 late"].Alerts.Count < counts["C5"].Alerts.Count);
    }

    [Fact]
    public void Flows_declared_clean_leave_the_stack()
    {
        using var run = new IdsRun(TrafficOptions.Small(TrafficKind.T3));
        IdsCounts counts = run.Verify().Single(v => v.Id == "C6").Counts;
        Assert.Equal(run.Truth.Options.Flows - run.Truth.Attacks.Count, counts.Clean);
        Assert.True(counts.ByDepth[0] > counts.Packets * 9 / 10, $"{counts.ByDepth[0]} of {counts.Packets}");
        Assert.Equal(run.Prediction.All, counts.Alerts);
    }
}
