using System.Text.Json;
using EndToEnd.Tests.Browser;
using EndToEnd.Tests.Command;
using Microsoft.Playwright;
using Testing;

namespace EndToEnd.Tests.Faults;

/// <summary>NFs that throw, hang and die in a running appliance, with traffic through it.</summary>
public sealed class ContainmentTests(ITestOutputHelper output)
{
    private const string NfFault = "EVENT/CHAIN/NF_FAULT";
    private const string Ended = "EVENT/SYS/ENDED";
    private const int ThrowPort = 7_001;
    private const int WaitPort = 7_002;
    private const int SpinPort = 7_003;
    private const int AbortPort = 7_004;

    private const int Flows = 16;
    private const int PerSecond = 500;

    [Fact]
    public async Task One_that_throws_is_taken_out_one_that_hangs_elsewhere_detached_and_no_packet_is_lost()
    {
        using FaultyWire wire = new(
            FaultyWire.Nf("thrower", "throw", ThrowPort),
            FaultyWire.Nf("sleeper", "wait", WaitPort, "parallel"));
        await using BrowserAppliance appliance = await BrowserAppliance.StartWithAsync(
            FaultyWire.Environment, "--config", wire.Configuration);
        using HttpClient client = appliance.NewClient("read:*");
        await using Reader reader = await appliance.SignInAsync();
        await reader.GoAsync("/alerts");
        using NumberedTraffic traffic = NumberedTraffic.Start(wire.Namespaces, Flows, PerSecond);
        Assert.True(traffic.FlowsWithin(FaultyWire.Patience));

        traffic.Trigger(ThrowPort, count: 20);
        JsonElement thrown = Assert.Single(await FaultyWire.NoticesAsync(client, NfFault, 1));
        traffic.Trigger(WaitPort);
        JsonElement hung = (await FaultyWire.NoticesAsync(client, NfFault, 2))[1];
        Assert.True(traffic.FlowsWithin(FaultyWire.Patience));
        TrafficOutcome outcome = traffic.Stop();

        output.WriteLine(outcome.ToString());
        Assert.Equal(
            (0, 0, 0), (outcome.Lost.Count, outcome.RepeatedCount, outcome.OvertakenCount));
        AssertNames(thrown, "thrower", "Told to throw");
        AssertNames(hung, "sleeper", "not returned");
        await Assertions.Expect(reader.Page.GetByText("NF thrower failed").First).ToBeVisibleAsync();
        await Assertions.Expect(reader.Page.GetByText("NF sleeper failed").First).ToBeVisibleAsync();
    }

    [Fact]
    public async Task One_that_dies_or_hangs_costs_a_restart_each_time_and_the_third_time_it_runs_no_more()
    {
        using FaultyWire wire = new(
            FaultyWire.Nf("spinner", "spin", SpinPort), FaultyWire.Nf("aborter", "abort", AbortPort));
        using RunningAppliance appliance =
            RunningAppliance.StartWith(FaultyWire.Environment, "--config", wire.Configuration);
        using HttpClient client = appliance.NewClient("read:*");
        using NumberedTraffic traffic = NumberedTraffic.Start(wire.Namespaces, Flows, PerSecond);
        Assert.True(traffic.FlowsWithin(FaultyWire.Patience));

        foreach (int port in new[] { SpinPort, AbortPort, SpinPort, SpinPort })
        {
            traffic.Trigger(port);
            Assert.True(traffic.FlowsWithin(FaultyWire.Patience), $"Nothing after a datagram to {port}.");
        }

        JsonElement suspended = Assert.Single(await FaultyWire.NoticesAsync(client, NfFault, 1));
        traffic.Trigger(SpinPort); // nobody hears it any more
        Assert.True(traffic.FlowsWithin(FaultyWire.Patience));
        TrafficOutcome outcome = traffic.Stop();

        output.WriteLine($"Hang, death, hang, hang (behind pauses of 0.2, 1, 2 and 5 s): {outcome}");
        Assert.Equal((4, 0, 0), (outcome.Lost.Count, outcome.RepeatedCount, outcome.OvertakenCount));
        AssertNames(suspended, "spinner", "3 times within a minute");
        string[] reasons = [.. (await FaultyWire.NoticesAsync(client, Ended, 4)).Select(
            ended => ended.GetProperty("body").GetProperty("reason").GetString()!)];
        Assert.Equal(4, reasons.Length);
        Assert.All(new[] { 0, 2, 3 }, i =>
            Assert.Contains("the NF spinner hangs", reasons[i], StringComparison.Ordinal));
        Assert.Contains("native code ended it", reasons[1], StringComparison.Ordinal);
        Assert.Contains("aborter", reasons[1], StringComparison.Ordinal);
    }

    private static void AssertNames(JsonElement notice, string nf, string error)
    {
        Assert.Equal(nf, notice.GetProperty("nf").GetString());
        Assert.Equal($"NF {nf} failed", notice.GetProperty("title").GetString());
        Assert.Contains(
            error, notice.GetProperty("body").GetProperty("error").GetString(), StringComparison.Ordinal);
    }
}
