using Dataplane.Engine;
using Testing;

namespace Dataplane.Tests.Engine;

/// <summary>Interfaces that go down, vanish and come back under a running engine.</summary>
public sealed class PortLossTests(ITestOutputHelper output)
{
    private const int Flows = 8;
    private const int PerSecond = 500;
    private const string Nfs = """{"name":"dpi","kind":"dpi"},{"name":"stats","kind":"flow-stats"}""";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public void A_link_that_goes_down_is_reported_and_carries_traffic_again_when_it_is_back()
    {
        using Namespaces namespaces = Namespaces.Create();
        using InlineAppliance appliance = new(namespaces);
        appliance.ApplyChain(Nfs, "\"flows\":4096");
        using NumberedTraffic traffic = NumberedTraffic.Start(namespaces, Flows, PerSecond);
        Assert.True(traffic.FlowsWithin(Patience));

        Set(namespaces, "down");
        PortView lan = appliance.LookAtPorts()[1];
        Assert.False(lan.IsUp);
        Assert.Contains("lan is down", lan.Message, StringComparison.Ordinal);
        ulong received = appliance.Ports[0].Port.Counters.ReceivedPackets;
        Assert.True(SpinWait.SpinUntil(
            () => appliance.Ports[0].Port.Counters.ReceivedPackets > received + PerSecond, Patience));
        Set(namespaces, "up");

        Assert.True(traffic.FlowsWithin(Patience));
        Assert.True(appliance.LookAtPorts()[1].IsUp);
        TrafficOutcome outcome = traffic.Stop();
        output.WriteLine(outcome.ToString());
        Assert.InRange(outcome.Lost.Count, 0, 1);
        Assert.Equal((0, 0), (outcome.RepeatedCount, outcome.OvertakenCount));
    }

    [Fact]
    public void A_port_whose_interface_vanishes_is_reported_and_opened_again_when_there_is_a_new_one()
    {
        using Namespaces namespaces = Namespaces.Create();
        using InlineAppliance appliance = new(namespaces);
        appliance.ApplyChain(Nfs, "\"flows\":4096");
        Assert.All(appliance.Ports, port => Assert.True(port.IsUp, port.Message));

        namespaces.CutServerOff();
        PortView lan = appliance.LookAtPorts()[1];
        Assert.False(lan.IsUp);
        Assert.Contains("lan is gone", lan.Message, StringComparison.Ordinal);

        namespaces.ConnectServer();
        lan = appliance.LookAtPorts()[1];
        Assert.True(lan.IsUp, lan.Message);
        using NumberedTraffic traffic = NumberedTraffic.Start(namespaces, Flows, PerSecond);
        Assert.True(traffic.FlowsWithin(Patience));
        TrafficOutcome outcome = traffic.Stop();
        Assert.Equal((0, 0, 0), (outcome.Lost.Count, outcome.RepeatedCount, outcome.OvertakenCount));
    }

    private static void Set(Namespaces namespaces, string state) => Assert.Equal(
        new CommandResult(0, ""),
        Namespaces.Run(namespaces.Appliance, "ip", "link", "set", "dev", Namespaces.Lan, state));
}
