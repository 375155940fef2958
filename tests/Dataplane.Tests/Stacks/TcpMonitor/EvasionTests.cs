using System.Buffers.Binary;
using System.Text;
using Dataplane.Contract.Configuration;
using Dataplane.Events;
using Dataplane.Packets;
using Dataplane.Stacks.TcpMonitor;
using Testing;

namespace Dataplane.Tests.Stacks.TcpMonitor;

/// <summary>The tricks of Ptacek and Newsham, as fragrouter names them: the planted string is in the stream,
/// or the trick is told of.</summary>
public sealed class EvasionTests
{
    private const string Planted = "GET /planted HTTP/1.0";

    private static readonly TcpSettings Settings = new()
    {
        IsStrict = true, Checksums = ChecksumRule.Report, TtlMin = 4,
    };

    public static TheoryData<string> Modes() =>
    [
        "tcp-1", "tcp-3", "tcp-4", "tcp-5", "tcp-7", "tcp-8", "tcp-9", "tcbc-1", "tcbt-1",
        "ins-2", "ins-3", "ttl", "paws", "window", "urgent", "one-byte",
    ];

    [Theory]
    [MemberData(nameof(Modes))]
    public void The_planted_string_is_found_or_the_trick_told(string mode)
    {
        using StackBench bench = new(tcp: Settings);

        bench.Play(Frames(mode));
        bench.End();

        string stream = Encoding.ASCII.GetString(bench.BytesOf(Side.Client));
        bool isTold = bench.Of<TcpAnomaly>().Any() || bench.Of<TcpInconsistent>().Any()
            || bench.Of<TcpError>().Any() || bench.Of<BadTcpPacket>().Any();
        Assert.True(stream.Contains(Planted, StringComparison.Ordinal) || isTold, $"{mode}: {stream}");
        bool mayMiss = mode is "tcp-7" or "tcbt-1" or "urgent";
        Assert.True(mayMiss || stream.Contains(Planted, StringComparison.Ordinal), $"{mode}: {stream}");
    }

    private static IEnumerable<Frame> Frames(string mode)
    {
        TcpScript script = TcpScript.Between("10.0.0.1:4000", "10.0.0.2:80").Handshake();
        byte[] bytes = Encoding.ASCII.GetBytes(Planted);
        Frame[] opening = [.. script.Frames];
        IEnumerable<int> order = Enumerable.Range(0, bytes.Length);
        switch (mode)
        {
            case "tcbc-1" or "tcbt-1" or "ins-2" or "ins-3" or "ttl" or "paws" or "window" or "urgent":
                return WithJunk(mode, script, bytes);
            case "tcp-1": // FIN and RST with wrong checksums first
                return [.. opening, Broken(TcpFlags.Fin | TcpFlags.Ack, ""), Broken(TcpFlags.Rst, ""),
                    .. script.ClientSegment(0, bytes).Frames.Skip(opening.Length)];
            case "tcp-3": // everything twice
                foreach (int at in order)
                {
                    script.ClientSegment(at, [bytes[at]]).ClientRetransmits();
                }
                return script.Frames;
            case "tcp-4": // wild numbers in between
                foreach (int at in order)
                {
                    script.ClientSegment(at, [bytes[at]])
                        .ClientRaw(TcpFlags.Psh | TcpFlags.Ack, at + 0x2000_0000L, "junk"u8.ToArray());
                }
                return script.Frames;
            case "tcp-5": // a null overlap that is sent later: the first copy holds
                return script.ClientSegment(0, bytes[..4]).ClientSegment(3, new byte[1])
                    .ClientSegment(4, bytes[4..]).Frames;
            case "tcp-7": // a forward overlap: bytes of a hole come twice, the other copy first
                return script.ClientSegment(8, "XXXX").ClientSegment(8, bytes[8..])
                    .ClientSegment(0, bytes[..8]).Frames;
            case "tcp-8":
                order = order.Reverse();
                goto default;
            case "tcp-9":
                int[] shuffled = [.. order];
                new Random(5).Shuffle(shuffled);
                order = shuffled;
                goto default;
            default:
                foreach (int at in order)
                {
                    script.ClientSegment(at, [bytes[at]]);
                }
                return script.Frames;
        }
    }

    /// <summary>Modes that put what the receiver does not take beside the string.</summary>
    private static IEnumerable<Frame> WithJunk(string mode, TcpScript script, byte[] bytes)
    {
        Frame[] opening = [.. script.Frames];
        switch (mode)
        {
            case "tcbc-1": // junk of a connection that does not exist, before and in between
                return [.. opening, At(TcpFlags.Syn, 99_999, 0, ""),
                    At(TcpFlags.Rst, 0x5000_0000, 0, ""),
                    .. script.ClientSegment(0, bytes).Frames.Skip(opening.Length)];
            case "tcbt-1": // closed, and opened again with other numbers
                return [.. script.ClientResets().Frames, .. TcpScript.Between("10.0.0.1:4000", "10.0.0.2:80")
                    .WithSequences(800_000, 900_000).Handshake().ClientSegment(0, bytes).Frames];
            case "ins-2": // junk with wrong checksums
                return [.. opening, Broken(TcpFlags.Psh | TcpFlags.Ack, "JUNK"),
                    .. script.ClientSegment(0, bytes).Frames.Skip(opening.Length)];
            case "ins-3": // junk without ACK
                return [.. opening, At(TcpFlags.Psh, 1001, 0, "JUNK"),
                    .. script.ClientSegment(0, bytes).Frames.Skip(opening.Length)];
            case "ttl":
                return script.WithTtl(1).ClientSegment(0, "JUNK").WithTtl(64).ClientSegment(0, bytes).Frames;
            case "paws":
                return [.. Stamped(bytes)];
            case "window":
                return [.. opening,
                    At(TcpFlags.Psh | TcpFlags.Ack, 1001 + 0x3000_0000, 5_000_001, "JUNK"),
                    .. script.ClientSegment(0, bytes).Frames.Skip(opening.Length)];
            default:
                return script.ClientRaw(TcpFlags.Urg | TcpFlags.Ack, 0, "GET /plaXnted"u8.ToArray()).Frames;
        }
    }

    private static IEnumerable<Frame> Stamped(byte[] bytes)
    {
        yield return Frame(TcpFlags.Syn, 1000, 0, Stamp(1000), []);
        yield return PacketBuilder.Ethernet().Ipv4("10.0.0.2", "10.0.0.1")
            .Tcp(80, 4000, 5_000_000, 1001, TcpFlags.Syn | TcpFlags.Ack, 65535, Stamp(5))
            .At(1_700_000_000_100_000_000);
        yield return Frame(TcpFlags.Ack, 1001, 5_000_001, Stamp(1001), []);
        yield return Frame(TcpFlags.Psh | TcpFlags.Ack, 1001, 5_000_001, Stamp(1), "JUNK"u8.ToArray());
        yield return Frame(TcpFlags.Psh | TcpFlags.Ack, 1001, 5_000_001, Stamp(1002), bytes);
    }

    private static byte[] Stamp(uint value)
    {
        byte[] options = [1, 1, 8, 10, 0, 0, 0, 0, 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt32BigEndian(options.AsSpan(4), value);
        return options;
    }

    private static Frame At(TcpFlags flags, uint sequence, uint acknowledgment, string text) =>
        Frame(flags, sequence, acknowledgment, [], Encoding.ASCII.GetBytes(text));

    private static Frame Frame(TcpFlags flags, uint sequence, uint ack, byte[] options, byte[] payload) =>
        PacketBuilder.Ethernet().Ipv4("10.0.0.1", "10.0.0.2")
            .Tcp(4000, 80, sequence, ack, flags, 65535, options).Payload(payload)
            .At(1_700_000_000_200_000_000);

    private static Frame Broken(TcpFlags flags, string text) =>
        PacketBuilder.Ethernet().Ipv4("10.0.0.1", "10.0.0.2").Tcp(4000, 80, 1001, 5_000_001, flags)
            .Payload(Encoding.ASCII.GetBytes(text)).BreakChecksum().At(1_700_000_000_200_000_000);
}
