using System.Text;
using Dataplane.Packets;

namespace Dataplane.Tests.Stacks.Applications;

/// <summary>Parsers of protocols over UDP.</summary>
public sealed class DatagramParserTests
{
    private const int MutationCount = 3_000;

    private static readonly byte[] Community =
        [0x30, 17, 2, 1, 1, 4, 6, .. "public"u8, 0xA0, 4, 2, 2, 0x12, 0x34];

    private static readonly byte[] User =
    [
        0x30, 40, 2, 1, 3, 0x30, 13, 2, 1, 9, 2, 2, 5, 0, 4, 1, 7, 2, 1, 3,
        4, 18, 0x30, 16, 4, 1, 1, 2, 1, 1, 2, 1, 1, 4, 5, .. "admin"u8, 4, 0,
    ];

    private static readonly byte[] Lease =
    [
        2, 1, 6, 0, .. new byte[232], 0x63, 0x82, 0x53, 0x63, 53, 1, 5, 0, 51, 4, 0, 0, 0x0E, 0x10,
        58, 4, 0, 0, 7, 8, 255,
    ];

    private static readonly byte[] Invite =
        Encoding.ASCII.GetBytes("INVITE sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP c\r\n\r\n");

    private static readonly byte[] Ok = Encoding.ASCII.GetBytes("SIP/2.0 200 All right\r\n\r\n");

    [Fact]
    public void SNMP_gives_version_community_kind_and_user()
    {
        string found = Read(161, (Side.Client, Community), (Side.Server, User));
        Assert.Contains("Client SnmpCommunity 0: public", found, StringComparison.Ordinal);
        Assert.Contains("Client SnmpVersion: 2", found, StringComparison.Ordinal);
        Assert.Contains("Client SnmpPduType: 0", found, StringComparison.Ordinal);
        Assert.Contains("Server SnmpUsm 0: admin", found, StringComparison.Ordinal);
    }

    [Fact]
    public void DHCP_gives_the_times_of_a_lease()
    {
        string found = Read(67, (Side.Server, Lease));
        Assert.Contains("Server DhcpLeaseTime: 3600", found, StringComparison.Ordinal);
        Assert.Contains("Server DhcpRenewalTime: 1800", found, StringComparison.Ordinal);
    }

    [Fact]
    public void SIP_gives_the_parts_of_start_lines()
    {
        string found = Read(5060, (Side.Client, Invite), (Side.Server, Ok));
        Assert.Contains("Client SipMethod 0: INVITE", found, StringComparison.Ordinal);
        Assert.Contains("Client SipUri 0: sip:a@b", found, StringComparison.Ordinal);
        Assert.Contains("Server SipStatusCode 0: 200", found, StringComparison.Ordinal);
        Assert.Contains("Server SipStatusMessage 0: All right", found, StringComparison.Ordinal);
    }

    [Theory, InlineData(161), InlineData(67), InlineData(5060)]
    public void Hostile_datagrams_never_throw_and_everything_goes_back(ushort port)
    {
        using var bench = new AppBench(port);
        byte[][] seeds = port switch { 161 => [Community, User], 67 => [Lease], _ => [Invite, Ok] };
        var random = new Random(port);
        for (int i = 0; i < MutationCount; i++)
        {
            byte[] bytes = [.. seeds[random.Next(seeds.Length)]];
            for (int change = random.Next(5); change > 0; change--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }
            bench.SendDatagram(Side.Client, seeds[0]);
            int count = random.Next(4) == 0 ? random.Next(1, bytes.Length) : bytes.Length;
            bench.SendDatagram((Side)random.Next(2), bytes.AsSpan(0, count));
            bench.FinishUnread();
            bench.Begin();
        }
        Assert.Equal((0L, 0), (bench.Stack.Bytes.UsedBytes, bench.Stack.FollowedCount));
    }

    private static string Read(ushort port, params (Side Side, byte[] Bytes)[] datagrams)
    {
        using var bench = new AppBench(port);
        foreach ((Side side, byte[] bytes) in datagrams)
        {
            bench.SendDatagram(side, bytes);
        }
        return bench.Finish();
    }
}
