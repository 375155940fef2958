using Dataplane.Counters;
using Dataplane.Native.Memory;
using Dataplane.Packets;
using Testing;

namespace Dataplane.Tests.Packets;

public sealed class RejectPacketTests : IDisposable
{
    private readonly NativeArray<byte> _buffer = new(8192);

    [Theory]
    [InlineData("10.0.0.1", "10.0.0.2")]
    [InlineData("2001:db8::1", "2001:db8::2")]
    public void A_reset_comes_from_the_other_end_at_the_number_that_is_expected(string client, string server)
    {
        Packet data = Parse(Tcp(client, server, TcpFlags.Psh | TcpFlags.Ack, 1000, 7000).Payload("evil"u8));

        Packet toClient = Answer(ToSender, data);
        Assert.Equal((80, 4000), (toClient.SourcePort, toClient.DestinationPort));
        Assert.Equal((7000u, 1004u), (toClient.Sequence, toClient.Acknowledgment));
        Assert.Equal((byte)(TcpFlags.Rst | TcpFlags.Ack), toClient.TcpFlags);

        Packet toServer = Answer(ToReceiver, data);
        Assert.Equal((4000, 80), (toServer.SourcePort, toServer.DestinationPort));
        Assert.Equal((1000u, 7000u), (toServer.Sequence, toServer.Acknowledgment));
    }

    [Fact]
    public void A_reset_for_a_SYN_acknowledges_it()
    {
        Packet syn = Parse(Tcp("10.0.0.1", "10.0.0.2", TcpFlags.Syn, 1000, 0));

        Packet reset = Answer(ToSender, syn);

        Assert.Equal((0u, 1001u), (reset.Sequence, reset.Acknowledgment));
    }

    [Theory]
    [InlineData("10.0.0.1", "10.0.0.2", 3, 3)]
    [InlineData("2001:db8::1", "2001:db8::2", 1, 4)]
    public void A_datagram_is_answered_by_port_unreachable(string from, string to, int type, int code)
    {
        Packet datagram = Parse(Ip(from, to).Udp(5000, 53).Payload("query"u8));

        Packet answer = Answer(RejectPacket.Unreachable, datagram);

        Assert.Equal((type, code), (answer.SourcePort, answer.DestinationPort));
        Assert.Equal(datagram.Layer3.Span.ToArray()[..28], answer.Payload.Span.ToArray()[..28]);
    }

    [Fact]
    public void Neither_a_reset_nor_an_ICMP_message_is_answered()
    {
        byte[] frame = new byte[RejectPacket.BytesMax];
        Packet reset = Parse(Tcp("10.0.0.1", "10.0.0.2", TcpFlags.Rst, 1, 0));
        Assert.Equal(0, RejectPacket.Reset(in reset, true, frame));

        Packet icmp = Parse(Ip("10.0.0.1", "10.0.0.2").Icmp(3, 3));
        Assert.Equal(0, RejectPacket.Unreachable(in icmp, frame));
    }

    [Theory]
    [InlineData("10.0.0.1", "10.0.0.2", true)]
    [InlineData("10.0.0.1", "10.0.0.2", false)]
    [InlineData("2001:db8::1", "2001:db8::2", true)]
    [InlineData("2001:db8::1", "2001:db8::2", false)]
    public void What_is_rewritten_keeps_right_checksums(string from, string to, bool isTcp)
    {
        PacketBuilder builder = isTcp
            ? Tcp(from, to, TcpFlags.Ack, 1, 1)
            : Ip(from, to).Udp(4000, 53);
        for (int seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            Packet packet = Parse(builder.Payload("some payload of odd length!"u8));
            int addresses = packet.L3Offset + (packet.IpVersion == 4 ? 12 : 8);
            byte[] bytes = new byte[random.Next(1, 9)];
            random.NextBytes(bytes);

            Assert.True(PacketRewrite.Write(ref packet, addresses + random.Next(0, 4), bytes.AsSpan(0, 1)));
            int ports = Math.Min(4, bytes.Length);
            Assert.True(PacketRewrite.Write(ref packet, packet.L4Offset, bytes.AsSpan(0, ports)));
            Assert.True(PacketRewrite.WritePayload(ref packet, random.Next(0, 19), bytes));

            Assert.True(Checksum.IsLayer4Right(in packet));
            if (packet.IpVersion == 4)
            {
                Assert.Equal(0, Checksum.Of(packet.Layer3.Slice(0, 20).Span));
            }
        }
    }

    [Fact]
    public void Bytes_that_do_not_fit_change_nothing()
    {
        Packet packet = Parse(Ip("10.0.0.1", "10.0.0.2").Udp(1, 2).Payload("abc"u8));
        byte[] before = packet.Frame.Span.ToArray();

        Assert.False(PacketRewrite.WritePayload(ref packet, 1, "abc"u8));
        Assert.False(PacketRewrite.Write(ref packet, before.Length, "a"u8));
        Assert.Equal(before, packet.Frame.Span.ToArray());
    }

    public void Dispose() => _buffer.Dispose();

    private delegate int Build(ref readonly Packet packet, Span<byte> frame);

    private static int ToSender(ref readonly Packet packet, Span<byte> frame) =>
        RejectPacket.Reset(in packet, toSender: true, frame);

    private static int ToReceiver(ref readonly Packet packet, Span<byte> frame) =>
        RejectPacket.Reset(in packet, toSender: false, frame);

    private static PacketBuilder Ip(string from, string to) => from.Contains(':', StringComparison.Ordinal)
        ? PacketBuilder.Ethernet().Ipv6(from, to)
        : PacketBuilder.Ethernet().Ipv4(from, to);

    private static PacketBuilder Tcp(string from, string to, TcpFlags flags, uint sequence, uint ack) =>
        Ip(from, to).Tcp(4000, 80, sequence, ack, flags);

    private Packet Parse(PacketBuilder builder) => Parse(builder.Build(), 0);

    private Packet Parse(byte[] bytes, uint at)
    {
        bytes.CopyTo(_buffer.AsSpan(at, (uint)bytes.Length));
        Packet packet = new()
        {
            Frame = _buffer.Bytes(at, (uint)bytes.Length),
            WireLength = (uint)bytes.Length,
            LinkType = LinkType.Ethernet,
        };
        Assert.Equal(DropReason.None, PacketParser.Parse(ref packet));
        return packet;
    }

    /// <summary>The frame that answers, with right checksums and turned addresses.</summary>
    private Packet Answer(Build build, Packet packet)
    {
        byte[] frame = new byte[RejectPacket.BytesMax];
        int length = build(in packet, frame);
        Packet answer = Parse(frame[..length], 4096);
        Assert.True(Checksum.IsLayer4Right(in answer) || answer.Protocol == IpProtocols.Icmp);
        if (answer.Protocol == IpProtocols.Icmp)
        {
            Assert.Equal(0, Checksum.Of(answer.Layer4.Span));
        }
        return answer;
    }
}
