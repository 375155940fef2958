using CsCheck;
using Dataplane.Counters;
using Dataplane.Inspection.Verify;
using Dataplane.Native.Memory;
using Dataplane.Packets;

namespace Dataplane.Tests.Inspection.Verify;

public sealed class HostilePacketTests
{
    private static readonly string[] Options =
    [
        "ttl:>1;", "tos:!3;", "id:>3;", "ipopts:any;", "ipopts:lsrr;", "fragbits:M*;", "fragoffset:>0;",
        "ip_proto:>1;", "sameip;", "flags:S+;", "seq:>5;", "ack:>5;", "window:>5;", "tcp.mss:>5;",
        "itype:>1;", "icode:<9;", "icmp_id:>5;", "icmp_seq:>5;", "icmpv6.mtu:>5;", "dsize:>3;", "rpc:1,*,*;",
        "stream_size:either,>,1;", "ipv4.hdr; content:\"|00|\";", "ipv6.hdr; content:\"|00|\"; offset:30;",
        "tcp.hdr; content:\"|00|\"; offset:19;", "udp.hdr; content:\"|00|\";",
        "icmpv4.hdr; content:\"|00|\";", "icmpv6.hdr; content:\"|00|\";",
        "byte_jump:4,0; byte_test:8,>,1,-4,relative;",
        "byte_extract:8,0,x; content:\"a\"; offset:x; depth:x;", "isdataat:!9,relative;",
        "byte_math:bytes 4, offset -1, oper *, rvalue 99999, result y, relative; isdataat:y,relative;",
        "pcre:\"/(a+)+$/\";", "content:!\"a\"; endswith;",
    ];

    [Fact]
    public void No_bytes_behind_an_ip_header_make_any_keyword_fail() => Gen.Select(
        Gen.Byte.Array[20, 120], Gen.Bool, Gen.OneOf(
            Gen.Const((byte)6), Gen.Const((byte)17), Gen.Const((byte)1), Gen.Const((byte)58),
            Gen.Byte)).Sample(
        (bytes, isV6, protocol) =>
        {
            using var memory = new NativeArray<byte>((uint)bytes.Length);
            bytes[0] = (byte)(isV6 ? 0x60 | (bytes[0] & 15) : 0x45 + (bytes[0] & 3));
            bytes[isV6 ? 6 : 9] = protocol;
            bytes.CopyTo(memory.AsSpan());
            Packet packet = new()
            {
                Frame = memory.Bytes(0, (uint)bytes.Length), WireLength = (uint)bytes.Length,
                LinkType = LinkType.Raw,
            };
            if (PacketParser.Parse(ref packet) == DropReason.None)
            {
                Bench.Value.NewFlow();
                Bench.Value.Show(InspectedPacket.Of(ref packet));
            }
        },
        iter: 3_000,
        threads: 1);

    private static readonly Lazy<RuleBench> Bench = new(() => new RuleBench(
        [.. Options.Select((o, i) => $"alert ip any any -> any any ({o} sid:{i + 1};)")]));
}
