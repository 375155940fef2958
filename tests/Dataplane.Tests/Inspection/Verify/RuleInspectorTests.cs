using Dataplane.Inspection.Compile;
using Dataplane.Inspection.Verify;
using Dataplane.Packets;

namespace Dataplane.Tests.Inspection.Verify;

public sealed class RuleInspectorTests
{
    [Theory]
    [InlineData("flags:S", 2, true)]
    [InlineData("flags:S", 18, false)]
    [InlineData("flags:S+", 18, true)]
    [InlineData("flags:*SF", 1, true)]
    [InlineData("flags:!S", 18, false)]
    [InlineData("flags:S,CE", 194, true)]
    [InlineData("flags:0", 0, true)]
    [InlineData("ttl:<5", 2, true)]
    [InlineData("window:100", 2, true)]
    [InlineData("seq:7", 2, true)]
    [InlineData("ack:8", 2, true)]
    [InlineData("ip_proto:TCP", 2, true)]
    [InlineData("ip_proto:!6", 2, false)]
    [InlineData("sameip", 2, false)]
    public void Header_keywords_test_the_packet(string option, int flags, bool expected)
    {
        using var bench = new RuleBench($"alert tcp any any -> any any ({option}; sid:1;)");
        InspectedPacket packet = RuleBench.Segment([]) with
        {
            TcpFlags = (byte)flags,
            TimeToLive = 4,
            Window = 100,
            Sequence = 7,
            Acknowledgment = 8,
            Layer3 = new byte[40],
            Layer4 = new byte[20],
        };

        Assert.Equal(expected, bench.Show(packet).Length == 1);
    }

    [Fact]
    public void Rules_on_addresses_alone_alert_once_for_each_direction_of_a_flow()
    {
        using var bench = new RuleBench("alert ip any any -> any any (sid:1;)");
        InspectedPacket there = RuleBench.Segment("x"u8);
        InspectedPacket back = there with { Sender = Side.Server };

        Assert.Equal([1u], bench.Show(there));
        Assert.Empty(bench.Show(there));
        Assert.Equal([1u], bench.Show(back));
        Assert.Empty(bench.Show(back));
    }

    [Fact]
    public void Flow_conditions_choose_direction_and_state()
    {
        using var bench = new RuleBench(
            "alert tcp any any -> any any (flow:to_server; sid:1;)",
            "alert tcp any any -> any any (flow:to_client,established; sid:2;)",
            "alert tcp any any -> any any (flow:not_established; sid:3;)");
        InspectedPacket packet = RuleBench.Segment("x"u8);

        Assert.Equal([1u, 3u], bench.Show(packet));
        Assert.Equal([1u], bench.Show(packet with { IsEstablished = true }));
        Assert.Equal([2u], bench.Show(packet with { IsEstablished = true, Sender = Side.Server }));
    }

    [Fact]
    public void Bits_set_by_one_rule_are_seen_by_the_next_and_end_with_the_flow()
    {
        using var bench = new RuleBench(
            "alert udp any any -> any any (flowbits:isset,a; content:\"2\"; sid:2;)",
            "alert udp any any -> any any (content:\"1\"; flowbits:set,a; flowbits:noalert; sid:1;)",
            "alert udp any any -> any any (flowbits:isset,b|a; content:\"3\"; sid:3;)",
            "alert udp any any -> any any (content:\"4\"; flowbits:unset,a; sid:4;)");

        Assert.Empty(bench.Show(RuleBench.Datagram("2"u8)));
        Assert.Empty(bench.Show(RuleBench.Datagram("1"u8)));
        Assert.Equal([2u], bench.Show(RuleBench.Datagram("2"u8)));
        Assert.Equal([3u], bench.Show(RuleBench.Datagram("3"u8)));
        Assert.Equal([4u], bench.Show(RuleBench.Datagram("4"u8)));
        Assert.Empty(bench.Show(RuleBench.Datagram("2"u8)));
        bench.Show(RuleBench.Datagram("1"u8));
        bench.NewFlow();
        Assert.Empty(bench.Show(RuleBench.Datagram("2"u8)));
    }

    [Fact]
    public void Integers_of_a_flow_count()
    {
        using var bench = new RuleBench(
            "alert udp any any -> any any (content:\"x\"; flowint:n,notset; flowint:n,=,1; noalert; sid:1;)",
            "alert udp any any -> any any (content:\"x\"; flowint:n,isset; flowint:n,+,1; noalert; sid:2;)",
            "alert udp any any -> any any (content:\"x\"; flowint:n,>,2; sid:3;)");
        var alerts =
            Enumerable.Range(0, 4).Select(_ => bench.Show(RuleBench.Datagram("x"u8)).Length).ToArray();

        Assert.Equal(0, alerts[0]);
        Assert.Equal(1, alerts[^1]);
    }

    [Fact]
    public void A_pass_rule_silences_the_rules_behind_it()
    {
        using var bench = new RuleBench(
            "alert udp any any -> any any (content:\"a\"; sid:1;)",
            "pass udp any any -> any any (content:\"ab\"; sid:2;)");

        Assert.Equal([1u], bench.Show(RuleBench.Datagram("a"u8)));
        Assert.Empty(bench.Show(RuleBench.Datagram("ab"u8)));
        Assert.Equal([1u], bench.Show(RuleBench.Datagram("a"u8)));
    }

    [Fact]
    public void A_pass_rule_on_addresses_takes_the_whole_flow_out()
    {
        using var bench = new RuleBench(
            "pass ip any any -> any any (sid:2;)", "alert udp any any -> any any (content:\"a\"; sid:1;)");

        Assert.Empty(bench.Show(RuleBench.Datagram("a"u8)));
        Assert.Empty(bench.Show(RuleBench.Datagram("a"u8)));
    }

    [Fact]
    public void A_drop_rule_alerts_and_drops()
    {
        using var bench = new RuleBench("drop udp any any -> any any (content:\"a\"; sid:1;)");

        Assert.Equal([1u], bench.Show(RuleBench.Datagram("a"u8)));
        Assert.True(bench.Drops);
        Assert.Empty(bench.Show(RuleBench.Datagram("b"u8)));
        Assert.False(bench.Drops);
    }

    [Fact]
    public void A_rule_without_place_waits_for_the_stream_and_one_with_a_place_sees_packets_too()
    {
        using var bench = new RuleBench(
            "alert tcp any any -> any any (content:\"abc\"; sid:1;)",
            "alert tcp any any -> any any (content:\"abc\"; offset:0; sid:2;)",
            "alert tcp-pkt any any -> any any (content:\"abc\"; sid:3;)",
            "alert tcp-stream any any -> any any (content:\"abc\"; sid:4;)");
        InspectedPacket inStream = RuleBench.Segment("abc"u8) with { IsInStream = true };
        InspectedPacket due = RuleBench.Segment([]) with { IsInStream = true, Stream = "xabcx"u8 };
        InspectedPacket outside = RuleBench.Segment("abc"u8);

        Assert.Equal([2u, 3u], bench.Show(inStream).Order());
        Assert.Equal([1u, 2u, 4u], bench.Show(due).Order());
        Assert.Equal([1u, 2u, 3u, 4u], bench.Show(outside).Order());
    }

    [Fact]
    public void More_alerts_than_a_packet_may_have_are_counted()
    {
        using var bench = new RuleBench([.. Enumerable.Range(1, RuleInspector.AlertMax + 2)
            .Select(i => $"alert udp any any -> any any (content:\"a\"; sid:{i};)")]);

        Assert.Equal(RuleInspector.AlertMax, bench.Show(RuleBench.Datagram("a"u8)).Length);
        Assert.Equal(2ul, bench.Inspector.DiscardedCount);
    }

    [Theory]
    [InlineData("threshold:type limit, track by_src, count 2, seconds 60", "110000")]
    [InlineData("threshold:type threshold, track by_dst, count 3, seconds 60", "001001")]
    [InlineData("threshold:type both, track by_both, count 2, seconds 60", "010000")]
    [InlineData("detection_filter:track by_rule, count 4, seconds 60", "000011")]
    public void Thresholds_thin_alerts_out_and_start_again_when_their_time_is_over(
        string option, string expected)
    {
        using var bench = new RuleBench($"alert udp any any -> any any (content:\"a\"; {option}; sid:1;)");
        for (int period = 0; period < 2; period++)
        {
            long start = 1_000_000_000_000 + (period * 100_000_000_000L);
            string got = string.Concat(Enumerable.Range(0, 6).Select(
                i => bench.Show(
                RuleBench.Datagram("a"u8) with { TimeNs = start + (i * 1_000_000L) }).Length));
            Assert.Equal(expected, got);
        }
    }

    [Fact]
    public void Host_bits_live_in_the_table_until_they_expire()
    {
        using var bench = new RuleBench(
            "alert udp any any -> any any (content:\"s\"; xbits:set,bad,track ip_src,expire 10; noalert; "
            + "sid:1;)",
            "alert udp any any -> any any (content:\"t\"; xbits:isset,bad,track ip_src; sid:2;)");
        InspectedPacket test = RuleBench.Datagram("t"u8);

        Assert.Empty(bench.Show(test));
        bench.Show(RuleBench.Datagram("s"u8));
        bench.NewFlow();
        Assert.Equal([2u], bench.Show(test));
        Assert.Empty(bench.Show(test with { Source = 1 }));
        Assert.Empty(bench.Show(test with { TimeNs = test.TimeNs + 11_000_000_000 }));
    }

    [Fact]
    public void Header_buffers_are_inspected()
    {
        using var bench = new RuleBench(
            "alert tcp-pkt any any -> any any (tcp.hdr; content:\"|00 50|\"; offset:2; depth:2; sid:1;)",
            "alert ip any any -> any any (ipv4.hdr; content:\"|45|\"; startswith; bsize:20; sid:2;)");
        byte[] frame = new byte[40];
        frame[0] = 0x45;
        frame[23] = 0x50;
        InspectedPacket packet = RuleBench.Segment([]) with { Layer3 = frame, Layer4 = frame.AsSpan(20) };

        Assert.Equal([1u, 2u], bench.Show(packet).Order());
    }

    [Fact]
    public void Groups_by_port_never_leave_out_a_rule_that_fits()
    {
        using var bench = new RuleBench(
            "alert udp any any -> any 53 (content:\"a\"; sid:1;)",
            "alert udp any any -> any !53 (content:\"a\"; sid:2;)",
            "alert udp any any -> any [50:60,100] (content:\"a\"; sid:3;)",
            "alert udp any 53 <> any any (content:\"a\"; sid:4;)");
        InspectedPacket packet = RuleBench.Datagram("a"u8);

        Assert.Equal([1u, 3u, 4u], bench.Show(packet).Order());
        Assert.Equal([2u], bench.Show(packet with { DestinationPort = 99 }));
        Assert.Equal([2u, 3u], bench.Show(packet with { DestinationPort = 100 }).Order());
        Assert.Equal([2u, 4u], bench.Show(packet with { DestinationPort = 9, SourcePort = 53 }).Order());
        Assert.Equal(TransportClass.Udp, packet.Transport);
    }
}
