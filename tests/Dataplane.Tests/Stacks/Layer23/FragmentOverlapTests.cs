using System.Text;
using CsCheck;
using Dataplane.Contract.Configuration;
using Dataplane.Counters;
using Dataplane.Native.Memory;
using Dataplane.Packets;
using Dataplane.Stacks;
using Dataplane.Stacks.Layer23;
using Testing;

namespace Dataplane.Tests.Stacks.Layer23;

/// <summary>The overlapping datagram of Sturges and Novak, by each policy; eight bytes a letter.</summary>
public sealed class FragmentOverlapTests
{
    // Offset and length in units of eight bytes; what overlaps comes second.
    private const string Novak =
        "0A3 4B2 6C3 10D1 13E2 15F3 18G2 20H2 22I1 1J4 6K3 9L3 12M3 16N1 19O1 20P1 22Q2";

    [Theory]
    [InlineData(OverlapPolicy.Bsd, "AAAJJBCCCLLLMMMFFFGGHHIQ")]
    [InlineData(OverlapPolicy.BsdRight, "AJJJBBKKKLDLMEEFNFGOPHQQ")]
    [InlineData(OverlapPolicy.Linux, "AAAJJBKKKLLLMMMFFFGGPHQQ")]
    [InlineData(OverlapPolicy.Windows, "AAAJBBCCCLLLMEEFFFGGHHIQ")]
    [InlineData(OverlapPolicy.Solaris, "AAAJBBCCCLLLMMMFFFGGHHIQ")]
    [InlineData(OverlapPolicy.First, "AAAJBBCCCLDLMEEFFFGGHHIQ")]
    [InlineData(OverlapPolicy.Last, "AJJJJBKKKLLLMMMFNFGOPHQQ")]
    public void Fragments_overlap_as_the_host_has_it(OverlapPolicy policy, string expected)
    {
        using Bench bench = new(policy);

        foreach (string piece in Novak.Split(' '))
        {
            bench.Feed(piece, isLast: piece[^2] == 'Q');
        }

        Assert.Equal(expected, bench.Whole);
        Assert.Equal(0u, bench.Stack.Fragments.Count);
    }

    [Theory]
    [InlineData("0A2 1B2", DropReason.FragmentOverlap)]
    [InlineData("0A2 0A2", DropReason.None)]
    public void A_strict_host_drops_a_datagram_with_overlaps(string pieces, DropReason reason)
    {
        using Bench bench = new(OverlapPolicy.Strict);

        foreach (string piece in pieces.Split(' '))
        {
            bench.Feed(piece, isLast: false);
        }

        Assert.Equal(reason, bench.LastReason);
    }

    [Fact]
    public void Any_overlaps_give_what_a_plain_model_gives() =>
        Gen.Select(
            Gen.Enum<OverlapPolicy>(), Gen.Int[0, 30].Array[1, 12], Gen.Int[1, 10].Array[12]).Sample(
            (policy, offsets, lengths) =>
            {
                if (policy == OverlapPolicy.Strict)
                {
                    return;
                }
                using Bench bench = new(policy);
                var model = new Model(policy);
                for (int i = 0; i < offsets.Length; i++)
                {
                    model.Add(offsets[i], lengths[i], (char)('A' + i));
                    bench.Feed($"{offsets[i]}{(char)('A' + i)}{lengths[i]}", isLast: false);
                }
                foreach (int hole in model.Holes(41))
                {
                    model.Add(hole, 1, '-');
                    bench.Feed($"{hole}-1", isLast: false);
                }
                bench.Feed("41z1", isLast: true);
                Assert.Equal(model.Text + "z", bench.Whole);
            },
            iter: 300);

    /// <summary>Each unit belongs to the fragment that won it last.</summary>
    private sealed class Model(OverlapPolicy policy)
    {
        private readonly (int Start, int End, char Letter)?[] _units = new (int, int, char)?[64];

        public string Text => string.Concat(
            _units.TakeWhile(unit => unit is not null).Select(unit => unit!.Value.Letter));

        public void Add(int offset, int length, char letter)
        {
            for (int unit = offset; unit < offset + length; unit++)
            {
                if (_units[unit] is not (int start, int end, _)
                    || Wins(offset, offset + length, start, end))
                {
                    _units[unit] = (offset, offset + length, letter);
                }
            }
        }

        public int[] Holes(int end) => [.. Enumerable.Range(0, end).Where(unit => _units[unit] is null)];

        private bool Wins(int start, int end, int oldStart, int oldEnd) => policy switch
        {
            OverlapPolicy.First => false,
            OverlapPolicy.Last => true,
            OverlapPolicy.BsdRight => oldStart <= start,
            OverlapPolicy.Linux or OverlapPolicy.OldLinux => !(oldStart < start),
            OverlapPolicy.Windows or OverlapPolicy.Windows2K3 or OverlapPolicy.Vista =>
                start < oldStart && end > oldEnd,
            OverlapPolicy.Solaris or OverlapPolicy.Hpux11 => start < oldStart && end >= oldEnd,
            _ => !(oldStart <= start),
        };
    }

    private sealed class Bench : IDisposable
    {
        private readonly NativeArray<byte> _buffer = new(65_536);

        public Bench(OverlapPolicy policy)
        {
            Stack = new Layer23Stack(new FragmentSettings { DatagramMax = 16, RunMax = 512, WholeMax = 1 });
            Stack.Use(new HostPolicies(
                [new HostPolicyDefinition { Network = "10.0.0.2", Fragments = policy }]));
        }

        public Layer23Stack Stack { get; }

        public DropReason LastReason { get; private set; }

        /// <summary>The rebuilt datagram, a letter for eight bytes.</summary>
        public string Whole { get; private set; } = "";

        public void Feed(string piece, bool isLast)
        {
            int at = piece.TakeWhile(char.IsAsciiDigit).Count();
            int offset = int.Parse(piece[..at], System.Globalization.CultureInfo.InvariantCulture);
            int length = int.Parse(piece[(at + 1)..], System.Globalization.CultureInfo.InvariantCulture);
            byte[] frame = PacketBuilder.Ethernet()
                .Ipv4("10.0.0.1", "10.0.0.2", id: 7).Protocol(253)
                .Payload(Encoding.ASCII.GetBytes(new string(piece[at], length * 8)))
                .BreakIpByte(6, isLast ? 0 : 0x20).BreakIpByte(7, offset).Build();
            Stack.BeginBurst();
            frame.CopyTo(_buffer.AsSpan(0, (uint)frame.Length));
            Packet packet = new()
            {
                Frame = _buffer.Bytes(0, (uint)frame.Length),
                WireLength = (uint)frame.Length,
                LinkType = LinkType.Ethernet,
            };
            Assert.Equal(DropReason.None, PacketParser.Parse(ref packet));
            LastReason = Stack.Process(ref packet).Reason;
            if ((packet.Flags & PacketFlags.Reassembled) != 0)
            {
                byte[] body = packet.Payload.Span.ToArray();
                Whole = string.Concat(body.Chunk(8).Select(unit =>
                {
                    Assert.Single(unit.Distinct());
                    return (char)unit[0];
                }));
            }
        }

        public void Dispose()
        {
            Stack.Dispose();
            _buffer.Dispose();
        }
    }
}
