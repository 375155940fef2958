using Dataplane.Inspection.Compile;
using Dataplane.Inspection.Verify;

namespace Dataplane.Tests.Inspection.Verify;

public sealed class DecidedFlowTests
{
    // Type 3, code 3; behind its header the IPv4 header of 10.0.0.1:4000 to 10.0.0.2:53, UDP.
    private const string Error =
        "0303000000000000" + "4500001c00000000401100000a0000010a000002" + "0fa0003500080000";

    [Theory]
    [InlineData(4000, true)]
    [InlineData(4001, false)]
    public void An_ICMP_error_shares_the_fate_of_the_flow_it_quotes(int port, bool shares)
    {
        using var bench = new RuleBench("drop udp any any -> any any (sid:1;)");
        InspectedPacket decided = RuleBench.Datagram("x"u8);
        decided.SourcePort = (ushort)port;
        byte[] message = Convert.FromHexString(Error);
        InspectedPacket error = RuleBench.Datagram([]);
        error.Protocol = 1;
        error.Transport = TransportClass.Icmp4;
        error.Layer4 = message;

        Assert.False(bench.Inspector.IsAboutDecided(error));
        bench.Inspector.NoteDecided(decided);

        Assert.Equal(shares, bench.Inspector.IsAboutDecided(error));
        Assert.False(bench.Inspector.IsAboutDecided(decided));
    }
}
