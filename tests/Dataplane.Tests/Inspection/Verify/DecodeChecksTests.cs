using Dataplane.Inspection.Decoding;
using Dataplane.Inspection.Rules;
using Dataplane.Inspection.Verify;

namespace Dataplane.Tests.Inspection.Verify;

public sealed class DecodeChecksTests
{
    [Theory]
    [InlineData("45 00 00 14 00 00 00 00 40 3b 00 00 0a 00 00 01 0a 00 00", DecodeFinding.Ipv4PktTooSmall)]
    [InlineData(
        "44 00 00 14 00 00 00 00 40 3b 00 00 0a 00 00 01 0a 00 00 02",
        DecodeFinding.Ipv4HlenTooSmall)]
    [InlineData(
        "45 00 00 13 00 00 00 00 40 3b 00 00 0a 00 00 01 0a 00 00 02",
        DecodeFinding.Ipv4IplenSmallerThanHlen)]
    [InlineData("45 00 00 15 00 00 00 00 40 3b 00 00 0a 00 00 01 0a 00 00 02", DecodeFinding.Ipv4TruncPkt)]
    [InlineData(
        "46 00 00 18 00 00 00 00 40 3b 00 00 0a 00 00 01 0a 00 00 02 83 05 00 00",
        DecodeFinding.Ipv4OptInvalidLen)]
    [InlineData(
        "46 00 00 18 00 00 00 00 40 3b 00 00 0a 00 00 01 0a 00 00 02 07 04 03 00",
        DecodeFinding.Ipv4OptMalformed)]
    [InlineData(
        "45 00 00 1a 00 00 00 00 40 06 00 00 0a 00 00 01 0a 00 00 02 00 01 00 02 00 00",
        DecodeFinding.TcpPktTooSmall)]
    [InlineData(
        "45 00 00 1a 00 00 00 00 40 11 00 00 0a 00 00 01 0a 00 00 02 00 01 00 02 00 08",
        DecodeFinding.UdpHlenTooSmall)]
    [InlineData(
        "45 00 00 1e 00 00 00 00 40 11 00 00 0a 00 00 01 0a 00 00 02 00 01 00 02 00 09 00 00 00 00",
        DecodeFinding.UdpLenInvalid)]
    [InlineData(
        "45 00 00 1c 00 00 00 00 40 01 00 00 0a 00 00 01 0a 00 00 02 63 00 00 00 00 00 00 00",
        DecodeFinding.Icmpv4UnknownType)]
    public void What_is_wrong_with_an_ipv4_packet_is_named(string hex, DecodeFinding finding) =>
        Assert.True(Check(hex).Has(finding));

    [Theory]
    [InlineData("00 04 00 40 3b 00", DecodeFinding.Ipv6TruncExthdr)]
    [InlineData("00 08 2c 40 3b 00 00 00 00 00 00 01", DecodeFinding.Ipv6ExthdrUselessFh)]
    [InlineData("00 09 2c 40 3b 00 00 01 00 00 00 01 00", DecodeFinding.Ipv6FragInvalidLength)]
    [InlineData("00 08 3c 40 3b 00 1f 04 00 00 00 00", DecodeFinding.Ipv6DstoptsUnknownOpt)]
    [InlineData("00 08 00 40 3b 00 01 04 00 00 00 00", DecodeFinding.Ipv6HopoptsOnlyPadding)]
    [InlineData("00 08 2b 40 3b 00 00 00 00 00 00 00", DecodeFinding.Ipv6RhType0)]
    public void What_is_wrong_with_an_ipv6_packet_is_named(string tail, DecodeFinding finding)
    {
        // Behind version and flow label: payload length, next header, hop limit, addresses, extension header.
        string[] bytes = tail.Split(' ');
        string addresses = string.Concat(Enumerable.Repeat("00", 32));
        string whole = "60000000" + string.Concat(bytes[..4]) + addresses + string.Concat(bytes[4..]);
        int length = Convert.ToInt32(bytes[1], 16);
        string padded = whole + new string('0', Math.Max(0, (40 + length - (whole.Length / 2)) * 2));

        Assert.True(Check(padded).Has(finding));
    }

    [Theory]
    [InlineData("45 00 00 15 00 00 00 00 40 3b 00 00 0a 00 00 01 0a 00 00 02", true)]
    [InlineData("46 00 00 18 00 00 00 00 40 3b 00 00 0a 00 00 01 0a 00 00 02 83 05 00 00", true)]
    [InlineData("46 00 00 18 00 00 00 00 40 3b 00 00 0a 00 00 01 0a 00 00 02 01 01 01 01", false)]
    public void A_header_that_is_cut_off_or_has_unreadable_options_is_doubtful(string hex, bool expected) =>
        Assert.Equal(expected, DecodeChecks.IsDoubtful(
            Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal))));

    [Fact]
    public void A_sound_packet_and_an_empty_selective_acknowledgment_have_no_findings()
    {
        Assert.True(Check(
            "45 00 00 2c 00 00 00 00 40 06 00 00 0a 00 00 01 0a 00 00 02 "
                + "00 01 00 02 00 00 00 00 00 00 00 00 60 02 00 00 00 00 00 00 05 02 01 00").IsEmpty);
    }

    [Fact]
    public void No_bytes_at_all_make_it_read_beyond_their_end()
    {
        var random = new Random(20_261_124);
        byte[] bytes = new byte[96];
        for (int i = 0; i < 100_000; i++)
        {
            random.NextBytes(bytes);
            bytes[0] = (byte)((i % 2 == 0 ? 0x40 : 0x60) | (bytes[0] & 15));
            bytes[9] = (byte)(bytes[9] % 64);
            bytes[6] = (byte)(bytes[6] % 64);
            (bytes[2], bytes[4]) = (0, 0);
            var found = default(DecodeFindingSet);
            DecodeChecks.Check(bytes.AsSpan(0, random.Next(bytes.Length)), ref found);
        }
    }

    private static DecodeFindingSet Check(string hex)
    {
        var found = default(DecodeFindingSet);
        DecodeChecks.Check(
            Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)), ref found);
        return found;
    }
}
