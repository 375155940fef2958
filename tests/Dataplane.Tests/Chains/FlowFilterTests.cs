using CsCheck;
using Dataplane.Chains;
using Dataplane.Flows;
using PacketDotNet;
using SharpPcap.LibPcap;
using Testing;

namespace Dataplane.Tests.Chains;

/// <summary>Flow filters against libpcap's own compiler, on packets of both directions.</summary>
public sealed class FlowFilterTests
{
    private static readonly string[] V4 = ["10.0.0.1", "10.0.0.2", "192.168.1.7", "172.16.5.4"];
    private static readonly string[] V6 = ["2001:db8::1", "2001:db8::2", "fd00::7"];
    private static readonly ushort[] PortNumbers = [22, 53, 80, 443, 8080, 40_000];

    private static readonly Gen<string> Ends = Any("", "src ", "dst ", "src or dst ", "src and dst ");
    private static readonly Gen<string> Test = Gen.OneOf(
        Any("ip", "ip6", "tcp", "udp", "icmp", "icmp6", "ip proto 6", "ip6 proto 17"),
        Gen.Select(Ends, Any(V4), (ends, ip) => $"{ends}host {ip}"),
        Gen.Select(Ends, Any(V6), (ends, ip) => $"{ends}host {ip}"),
        Gen.Select(Ends, Any("10.0.0.0/8", "192.168.1", "172.16.0.0/12", "10"),
        (ends, net) => $"{ends}net {net}"),
        Gen.Select(Ends, (ends) => $"{ends}net 2001:db8::/32"),
        Gen.Select(
            Any("", "tcp ", "udp "), Ends, Any(PortNumbers), (p, ends, port) => $"{p}{ends}port {port}"),
        Gen.Select(Ends, Any("20-100", "443-8080"), (ends, range) => $"{ends}portrange {range}"),
        Gen.Select(Any(PortNumbers), Any(PortNumbers), (a, b) => $"(port {a} or {b})"));

    private static readonly Gen<string> Filter = Gen.Recursive<string>((_, inner) => Gen.Frequency(
        (4, Test),
        (1, Gen.Select(inner, text => $"not ({text})")),
        (1, Gen.Select(Test, text => $"not {text}")),
        (2, Gen.Select(Test, Any("and", "or", "&&", "||"), inner, (a, op, b) => $"{a} {op} {b}")),
        (1, Gen.Select(inner, Any("and", "or"), inner, (a, op, b) => $"({a}) {op} ({b})"))));

    private static readonly Gen<(string A, string B, ushort PortA, ushort PortB, byte Protocol)> Flow =
        Gen.Select(Gen.Bool, Gen.Int[0, 5], Gen.Int[0, 5], Any(PortNumbers), Any(PortNumbers),
            Gen.Int[0, 2], (isV4, a, b, portA, portB, protocol) => (
                isV4 ? V4[a % V4.Length] : V6[a % V6.Length], isV4 ? V4[b % V4.Length] : V6[b % V6.Length],
                portA, portB, (byte)(protocol == 0 ? 6 : protocol == 1 ? 17 : isV4 ? 1 : 58)));

    [Fact]
    public void Takes_the_flows_whose_packets_libpcap_takes_in_one_direction_or_the_other() =>
        Gen.Select(Filter, Flow.Array[8]).Sample(
            (text, flows) =>
            {
                // No program: libpcap found out that the expression is true of no packet at all.
                // Not optimised: libpcap 1.10's optimiser changes what "not (a or b)" means for some tests.
                using BpfProgram? reference = BpfProgram.TryCreate(LinkLayers.Ethernet, text, optimize: 0);
                Assert.True(FlowFilter.TryParse(text, out FlowFilter filter, out string? fault),
                    $"{text}: {fault}");
                foreach ((string a, string b, ushort portA, ushort portB, byte protocol) in flows)
                {
                    bool expected = reference is not null
                        && (reference.Matches(Bytes(a, portA, b, portB, protocol))
                            || reference.Matches(Bytes(b, portB, a, portA, protocol)));
                    bool hasPorts = protocol is 6 or 17;
                    FlowKey key = Keys.Of(
                        a, hasPorts ? portA : (ushort)0, b, hasPorts ? portB : (ushort)0, protocol);
                    Assert.True(
                        expected == filter.Matches(in key),
                        $"{text} on {a}:{portA} {b}:{portB} {protocol}: {expected}");
                }
            },
            iter: 3_000);

    [Theory]
    [InlineData("vlan 100", 100, true)]
    [InlineData("vlan 100", 0, false)]
    [InlineData("vlan", 7, true)]
    [InlineData("not vlan", 7, false)]
    [InlineData("vlan 100 and tcp port 80", 100, true)]
    [InlineData("tcp port 80", 100, true)]
    public void Sees_tags_and_looks_inside_them(string text, int vlan, bool expected)
    {
        Assert.True(FlowFilter.TryParse(text, out FlowFilter filter, out _));
        Assert.Equal(expected, filter.Matches(Keys.Of("10.0.0.1", 5, "10.0.0.2", 80, 6, (ushort)vlan)));
    }

    [Theory]
    [InlineData("tcp[13] & 2 != 0", 1, "'where'")]
    [InlineData("len > 100", 1, "'where'")]
    [InlineData("tcp port", 9, "port number")]
    [InlineData("port 80 80", 9, "does not belong")]
    [InlineData("(port 80", 9, "parenthesis")]
    [InlineData("host 10.0.0.1 and", 18, "missing")]
    [InlineData("net 10.1.0.0/8", 5, "behind its prefix")]
    [InlineData("port 70000", 6, "port number")]
    [InlineData("host example", 6, "understood")]
    public void Says_what_is_wrong_and_at_which_column(string text, int column, string expected)
    {
        Assert.False(FlowFilter.TryParse(text, out _, out string? fault));
        Assert.StartsWith($"Column {column}:", fault, StringComparison.Ordinal);
        Assert.Contains(expected, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Nesting_without_end_is_refused()
    {
        string text = new string('(', 10_000) + "tcp" + new string(')', 10_000);
        Assert.False(FlowFilter.TryParse(text, out _, out string? fault));
        Assert.Contains("nested", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Random_text_never_breaks_the_parser() =>
        Any("and", "or", "not", "(", ")", "src", "dst", "host", "port", "80", "10.0.0.1", "vlan", "net", "/",
        "tcp", "!")
            .Array[0, 12]
            .Sample(words => FlowFilter.TryParse(string.Join(' ', words), out _, out _) || true,
                iter: 20_000);

    private static Gen<T> Any<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static byte[] Bytes(string a, ushort portA, string b, ushort portB, byte protocol)
    {
        PacketBuilder packet = PacketBuilder.Ethernet();
        packet = a.Contains(':', StringComparison.Ordinal) ? packet.Ipv6(a, b) : packet.Ipv4(a, b);
        packet = protocol switch
        {
            6 => packet.Tcp(portA, portB, 1, 1, TcpFlags.Ack),
            17 => packet.Udp(portA, portB),
            1 => packet.Icmp(8, 0),
            _ => packet.Icmp(128, 0),
        };
        return packet.At(0).Bytes;
    }
}
