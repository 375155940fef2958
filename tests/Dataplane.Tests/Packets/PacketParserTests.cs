using CsCheck;
using Dataplane.Counters;
using Dataplane.Packets;
using Testing;
using Xunit;

namespace Dataplane.Tests.Packets;

public sealed class PacketParserTests : IDisposable
{
    private readonly TestFrames _frames = new();

    public void Dispose() => _frames.Dispose();

    [Fact]
    public void Finds_addresses_ports_and_payload_of_a_tcp_segment()
    {
        Packet packet = Parsed(PacketBuilder.Ethernet().Ipv4("10.0.0.1", "10.0.0.2", ttl: 7)
            .Tcp(40000, 80, 5, 9, TcpFlags.Ack).Payload("GET /"u8).Build());

        Assert.Equal((4, IpProtocols.Tcp, 7), (packet.IpVersion, packet.Protocol, packet.Ttl));
        Assert.Equal((40000, 80), (packet.SourcePort, packet.DestinationPort));
        Assert.Equal((5u, 9u), (packet.Sequence, packet.Acknowledgment));
        Assert.Equal("GET /"u8.ToArray(), packet.Payload.Span.ToArray());
        Assert.Equal(5, packet.WirePayloadLength);
    }

    [Fact]
    public void Leaves_ethernet_padding_out_of_the_payload()
    {
        byte[] frame = PacketBuilder.Ethernet().Ipv4("10.0.0.1", "10.0.0.2").Udp(1, 2).Payload("x"u8).Build();
        Packet packet = Parsed([.. frame, .. new byte[18]]);

        Assert.Equal("x"u8.ToArray(), packet.Payload.Span.ToArray());
    }

    [Fact]
    public void Keeps_outer_and_inner_vlan_ids()
    {
        Packet packet = Parsed(PacketBuilder.Ethernet().Vlan(100, 0x88A8).Vlan(7)
            .Ipv6("fd00::1", "fd00::2").Udp(53, 53).Payload("a"u8).Build());

        Assert.Equal((100, 7, 6), (packet.Vlan, packet.InnerVlan, packet.IpVersion));
    }

    [Fact]
    public void Walks_over_ipv6_extension_headers()
    {
        Packet packet = Parsed(PacketBuilder.Ethernet().Ipv6("fd00::1", "fd00::2")
            .Ipv6Extension(0, [0, 0, 0, 0, 0, 0]).Ipv6Extension(60, new byte[14])
            .Tcp(1, 2, 5, 9, TcpFlags.Syn).Build());

        Assert.Equal((IpProtocols.Tcp, 1, 2), (packet.Protocol, packet.SourcePort, packet.DestinationPort));
    }

    [Fact]
    public void Marks_every_fragment_and_reads_no_ports_from_it()
    {
        foreach (byte[] fragment in PacketBuilder.Ethernet().Ipv4("10.0.0.1", "10.0.0.2")
            .Udp(5, 6).Payload(new byte[100]).BuildFragments(40))
        {
            Packet packet = Parsed(fragment);
            Assert.True(packet.Flags.HasFlag(PacketFlags.Fragment));
            Assert.Equal(0, packet.SourcePort);
        }
    }

    [Theory]
    [InlineData(LinkType.Null, new byte[] { 2, 0, 0, 0 })]
    [InlineData(LinkType.Loop, new byte[] { 0, 0, 0, 2 })]
    [InlineData(LinkType.Raw, new byte[] { })]
    [InlineData(LinkType.Ipv4, new byte[] { })]
    [InlineData(LinkType.Ppp, new byte[] { 0xFF, 3, 0, 0x21 })]
    [InlineData(LinkType.Ppp, new byte[] { 0x21 })]
    [InlineData(LinkType.CiscoHdlc, new byte[] { 0x0F, 0, 8, 0 })]
    [InlineData(LinkType.LinuxSll, new byte[] { 0, 0, 0, 1, 0, 6, 1, 2, 3, 4, 5, 6, 0, 0, 8, 0 })]
    [InlineData(LinkType.LinuxSll2,
        new byte[] { 8, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 6, 1, 2, 3, 4, 5, 6, 0, 0 })]
    public void Finds_ip_behind_every_link_type(LinkType linkType, byte[] header)
    {
        byte[] ip = PacketBuilder.Ethernet().Ipv4("10.0.0.1", "10.0.0.2").Udp(1, 2).Payload("abc"u8)
            .Build()[14..];
        Packet packet = _frames.Load([.. header, .. ip], linkType);

        Assert.Equal(DropReason.None, PacketParser.Parse(ref packet));
        Assert.Equal("abc"u8.ToArray(), packet.Payload.Span.ToArray());
    }

    [Fact]
    public void Finds_ip_in_a_wireless_data_frame_behind_radiotap()
    {
        byte[] ip = PacketBuilder.Ethernet().Ipv4("10.0.0.1", "10.0.0.2").Udp(1, 2).Payload("abc"u8)
            .Build()[14..];
        byte[] radiotap = [0, 0, 8, 0, 0, 0, 0, 0];
        byte[] qosData = [0x88, 0x01, .. new byte[24]];
        byte[] snap = [0xAA, 0xAA, 3, 0, 0, 0, 8, 0];
        Packet packet = _frames.Load([.. radiotap, .. qosData, .. snap, .. ip], LinkType.Ieee80211Radiotap);

        Assert.Equal(DropReason.None, PacketParser.Parse(ref packet));
        Assert.Equal("abc"u8.ToArray(), packet.Payload.Span.ToArray());
    }

    [Fact]
    public void Passes_frames_without_ip_on_unread()
    {
        Packet packet = Parsed(PacketBuilder.Ethernet().Arp(1, "10.0.0.1", "10.0.0.2").Build());
        Assert.Equal((0, EtherTypes.Arp), (packet.IpVersion, packet.EtherType));
    }

    [Theory]
    [InlineData(10, DropReason.FrameTooShort)]
    [InlineData(20, DropReason.Ipv4HeaderTruncated)]
    [InlineData(40, DropReason.TcpHeaderTruncated)]
    public void Names_what_a_cut_frame_lacks(int length, DropReason expected)
    {
        byte[] frame = PacketBuilder.Ethernet().Ipv4("10.0.0.1", "10.0.0.2").Tcp(1, 2, 5, 9, TcpFlags.Syn)
            .Build();
        Packet packet = _frames.Load(frame.AsSpan(0, length));

        Assert.Equal(expected, PacketParser.Parse(ref packet));
    }

    [Theory]
    [InlineData(0, 0x44, DropReason.Ipv4BadHeaderLength)]
    [InlineData(0, 0x55, DropReason.Ipv4BadVersion)]
    [InlineData(3, 10, DropReason.Ipv4BadTotalLength)]
    public void Names_what_is_wrong_in_an_ipv4_header(int offset, byte value, DropReason expected)
    {
        byte[] frame = PacketBuilder.Ethernet().Ipv4("10.0.0.1", "10.0.0.2").Udp(1, 2).Payload("a"u8).Build();
        frame[14 + offset] = value;
        Packet packet = _frames.Load(frame);

        Assert.Equal(expected, PacketParser.Parse(ref packet));
    }

    [Fact]
    public void Stops_at_a_limit_of_extension_headers()
    {
        PacketBuilder builder = PacketBuilder.Ethernet().Ipv6("fd00::1", "fd00::2");
        for (int i = 0; i < 40; i++)
        {
            builder.Ipv6Extension(60, new byte[6]);
        }

        Packet packet = _frames.Load(builder.Udp(1, 2).Build());
        Assert.Equal(DropReason.Ipv6ExtensionLimit, PacketParser.Parse(ref packet));
    }

    [Fact]
    public void Never_throws_and_never_points_outside_the_frame()
    {
        byte[][] seeds =
        [
            PacketBuilder.Ethernet().Vlan(3).Ipv4("10.0.0.1", "10.0.0.2").Tcp(1, 2, 5, 9, TcpFlags.Ack)
                .Payload("abcdef"u8).Build(),
            PacketBuilder.Ethernet().Ipv6("fd00::1", "fd00::2").Ipv6Extension(0, new byte[6]).Udp(1, 2)
            .Payload("ab"u8).Build(),
            PacketBuilder.Ethernet().EtherType(EtherTypes.Mpls).Payload(new byte[60]).Build(),
            PacketBuilder.Ethernet().EtherType(EtherTypes.PppoeSession).Payload(new byte[60]).Build(),
        ];
        Gen<byte[]> mutated =
            Gen.Select(Gen.Int[0, seeds.Length - 1], Gen.Int[0, 100], Gen.Byte.Array[0, 12], Gen.UInt)
            .Select((seed, cut, noise, place) => Mutate(seeds[seed], cut, noise, place));
        LinkType[] linkTypes = Enum.GetValues<LinkType>();

        Gen.Select(mutated, Gen.Int[0, linkTypes.Length - 1]).Sample(
            (frame, linkType) => IsSound(frame, linkTypes[linkType]), iter: 200_000, threads: 1);
    }

    private static byte[] Mutate(byte[] seed, int cut, byte[] noise, uint place)
    {
        byte[] frame = [.. seed];
        for (int i = 0; i < noise.Length; i++)
        {
            frame[(place * (uint)(i + 1)) % (uint)frame.Length] = noise[i];
        }

        return frame[..Math.Max(0, frame.Length - cut)];
    }

    private bool IsSound(byte[] frame, LinkType linkType)
    {
        Packet packet = _frames.Load(frame, linkType);
        DropReason reason = PacketParser.Parse(ref packet);
        return reason != DropReason.None || packet.IpVersion == 0
            || (packet.PayloadOffset + packet.PayloadLength <= frame.Length
                && packet.L4Offset >= packet.L3Offset + 20 && packet.Payload.Length == packet.PayloadLength);
    }

    private Packet Parsed(byte[] frame)
    {
        Packet packet = _frames.Load(frame);
        Assert.Equal(DropReason.None, PacketParser.Parse(ref packet));
        return packet;
    }
}
