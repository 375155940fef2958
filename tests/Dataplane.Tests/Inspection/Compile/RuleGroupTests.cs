using CsCheck;
using Dataplane.Inspection.Compile;
using Dataplane.Inspection.Rules;
using Dataplane.Inspection.Verify;
using Dataplane.Packets;

namespace Dataplane.Tests.Inspection.Compile;

public sealed class RuleGroupTests
{
    private static readonly Gen<string> Ports = OneOf(
        "any", "80", "!80", "[80,443]", "1024:", "[1:100,!53]", "$HTTP_PORTS", "![53,80]");

    private static readonly Gen<string> Lines = Gen.Select(
        OneOf("tcp", "udp", "ip"), Ports, OneOf("->", "<>"), Ports,
        OneOf("", "flow:to_server; ", "flow:to_client; "), Gen.Char['a', 'd'].Array[1, 3],
        (protocol, from, direction, to, flow, text) => $"alert {protocol} any {from} {direction} any {to} "
            + $"({flow}content:\"{new string(text)}\"; nocase; sid:");

    private static readonly Gen<(
        string[] Lines, int Port, int ServerPort, bool Tcp, bool FromServer, string Payload)>
        Cases = Gen.Select(
            Lines.Array[1, 12], OneOf(1, 53, 80, 443, 2000), OneOf(53, 80, 443, 5000), Gen.Bool,
            Gen.Bool, Gen.Char['A', 'E'].Array[1, 12],
            (lines, port, server, tcp, fromServer, payload) => (
                lines.Select((l, i) => $"{l}{i + 1};)").ToArray(), port, server, tcp, fromServer,
                new string(payload)));

    [Fact]
    public void The_group_of_a_packet_finds_just_what_evaluating_every_rule_finds() => Cases.Sample(
        c =>
        {
            using var bench = new RuleBench(c.Lines);
            byte[] payload = RuleBench.Bytes(c.Payload);
            InspectedPacket packet = (c.Tcp ? RuleBench.Segment(payload) : RuleBench.Datagram(payload)) with
            {
                Sender = c.FromServer ? Side.Server : Side.Client,
                SourcePort = (ushort)(c.FromServer ? c.ServerPort : c.Port),
                DestinationPort = (ushort)(c.FromServer ? c.Port : c.ServerPort),
            };
            uint[] expected = [.. Naive(bench.Rules, packet, c.Payload).Order().Take(RuleInspector.AlertMax)];
            Assert.Equal(expected, bench.Show(packet).Order());
        },
        iter: 150);

    [Fact]
    public void A_port_that_no_rule_names_has_an_empty_group()
    {
        using var bench =
            new RuleBench("alert tcp any any -> any 80 (flow:to_server; content:\"a\"; sid:1;)");

        Assert.Equal(0, bench.Rules.Group(TransportClass.Tcp, Side.Client, 81).RuleCount);
        Assert.Equal(0, bench.Rules.Group(TransportClass.Tcp, Side.Server, 80).RuleCount);
        Assert.Equal(0, bench.Rules.Group(TransportClass.Udp, Side.Client, 80).RuleCount);
        Assert.Equal(1, bench.Rules.Group(TransportClass.Tcp, Side.Client, 80).RuleCount);
        Assert.True(bench.Rules.Group(TransportClass.Tcp, Side.Client, 80).WantsStream);
    }

    [Fact]
    public void Contents_of_64_KiB_are_found_and_told_from_ones_that_begin_alike()
    {
        string pattern = new('k', 60_000);
        using var bench = new RuleBench(
            $"alert udp any any -> any any (content:\"{pattern}x\"; sid:1;)",
            $"alert udp any any -> any any (content:\"{pattern}y\"; sid:2;)");

        Assert.Equal([2u], bench.Show(RuleBench.Datagram(RuleBench.Bytes(pattern + "y"))));
    }

    [Fact]
    public void Rules_are_evaluated_by_action_then_bits_then_priority()
    {
        using var bench = new RuleBench(
            "alert udp any any -> any any (content:\"a\"; priority:3; sid:1;)",
            "alert udp any any -> any any (content:\"a\"; priority:1; sid:2;)",
            "alert udp any any -> any any (content:\"a\"; flowbits:isset,x; sid:3;)",
            "alert udp any any -> any any (content:\"a\"; flowbits:set,x; sid:4;)",
            "drop udp any any -> any any (content:\"a\"; sid:5;)",
            "pass udp any any -> any any (content:\"b\"; sid:6;)");

        var order = new List<uint>();
        foreach (CompiledRule rule in bench.Rules.Rules)
        {
            order.Add(rule.Rule.Sid);
        }
        Assert.Equal([6u, 5u, 4u, 3u, 2u, 1u], order);
        Assert.Equal([5u, 4u, 3u, 2u, 1u], bench.Show(RuleBench.Datagram("a"u8)));
    }

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static List<uint> Naive(RuleSet rules, in InspectedPacket packet, string payload)
    {
        var found = new List<uint>();
        foreach (CompiledRule compiled in rules.Rules)
        {
            Rule rule = compiled.Rule;
            bool ports = (rule.SourcePorts.Contains(packet.SourcePort)
                    && rule.DestinationPorts.Contains(packet.DestinationPort))
                || (rule.Bidirectional && rule.SourcePorts.Contains(packet.DestinationPort)
                    && rule.DestinationPorts.Contains(packet.SourcePort));
            bool side = rule.Flow switch
            {
                FlowConditions.ToServer => packet.Sender == Side.Client,
                FlowConditions.ToClient => packet.Sender == Side.Server,
                _ => true,
            };
            var content = (ContentOption)rule.Sections[0].Options[0];
            string text = System.Text.Encoding.Latin1.GetString(content.Pattern.Span);
            if (packet.Transport.IsIn(rule.Protocol.Transports) && ports && side
                && payload.Contains(text, StringComparison.OrdinalIgnoreCase))
            {
                found.Add(rule.Sid);
            }
        }
        return found;
    }
}
