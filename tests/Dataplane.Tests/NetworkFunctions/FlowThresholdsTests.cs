using Dataplane.Events;
using Dataplane.NetworkFunctions;
using Testing;

namespace Dataplane.Tests.NetworkFunctions;

public sealed class FlowThresholdsTests
{
    [Fact]
    public void A_flow_with_many_retransmissions_is_reported_once()
    {
        using NfBench bench = NfBench.With<FlowThresholds>(new { retransmissions = 3 });
        TcpScript script = Script().Handshake().ClientSends(100);
        for (int i = 0; i < 6; i++)
        {
            script.ClientRetransmits();
        }

        bench.Play(script);
        ThresholdPassed passed = Assert.Single(bench.Published<ThresholdPassed>());
        Assert.Equal((ThresholdKind.Retransmissions, 3U), (passed.Kind, passed.Count));
    }

    [Fact]
    public void A_flow_whose_window_closes_often_is_reported()
    {
        using NfBench bench = NfBench.With<FlowThresholds>(new { zeroWindows = 1 });
        bench.Play(Script().Handshake().ClientSends(100).ServerWindow(0).ServerAcks());
        Assert.Equal(ThresholdKind.ZeroWindows, Assert.Single(bench.Published<ThresholdPassed>()).Kind);
    }

    [Theory]
    [InlineData(5_000, 1)]
    [InlineData(50_000_000, 0)]
    public void A_flow_of_a_high_rate_is_an_elephant_once(int bytesPerSecond, int expected)
    {
        using NfBench bench = NfBench.With<FlowThresholds>(
            new { elephantBytesPerSecond = bytesPerSecond, windowMs = 100 });
        TcpScript script = Script().Every(TimeSpan.FromMilliseconds(10)).Handshake();
        for (int i = 0; i < 100; i++)
        {
            script.ClientSends(1_000);
        }

        bench.Play(script);
        Assert.Equal(expected, bench.Published<ElephantFlow>().Count);
    }

    private static TcpScript Script() => TcpScript.Between("10.0.0.1:4000", "10.0.0.2:80");
}
