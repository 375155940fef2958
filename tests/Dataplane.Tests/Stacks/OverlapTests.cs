using System.Globalization;
using System.Text;
using CsCheck;
using Dataplane.Contract.Configuration;
using Dataplane.Events;
using Dataplane.Native.Memory;
using Dataplane.Packets;
using Dataplane.Stacks;
using Dataplane.Stacks.TcpMonitor;
using Dataplane.Tests.Stacks.TcpMonitor;
using Testing;

namespace Dataplane.Tests.Stacks;

/// <summary>Target-based reassembly: which copy of a byte each kind of host keeps (docs/tcp.md has the
/// definitions, in words).</summary>
public sealed class OverlapTests
{
    private static readonly uint[] InitialNumbers = [0, 1, uint.MaxValue, uint.MaxValue - 11];

    /// <summary>Segments as offset, letter and length, in the order of arrival; what fills the first hole
    /// comes
    /// last. Then the stream that each policy keeps.</summary>
    private static readonly Dictionary<string, (string Segments, Dictionary<OverlapPolicy, string> Kept)>
        Vectors = new()
        {
            // Equal starts and ends.
            ["same"] = ("2A4 2B4 0x2", new()
            {
                [OverlapPolicy.First] = "xxAAAA", [OverlapPolicy.Last] = "xxBBBB",
                [OverlapPolicy.Bsd] = "xxAAAA", [OverlapPolicy.Linux] = "xxAAAA",
                [OverlapPolicy.OldLinux] = "xxBBBB", [OverlapPolicy.Solaris] = "xxBBBB",
            }),

            // The new one begins before, and ends inside (first pair) or behind (second pair).
            ["before"] = ("4A4 2B4 12C2 10D6 8y2 0x2", new()
            {
                [OverlapPolicy.First] = "xxBBAAAAyyDDCCDD", [OverlapPolicy.Last] = "xxBBBBAAyyDDDDDD",
                [OverlapPolicy.Bsd] = "xxBBBBAAyyDDDDDD", [OverlapPolicy.Linux] = "xxBBBBAAyyDDDDDD",
                [OverlapPolicy.OldLinux] = "xxBBBBAAyyDDDDDD", [OverlapPolicy.Solaris] = "xxBBAAAAyyDDDDDD",
            }),

            // The new one begins inside, and ends behind (first pair) or before (second pair).
            ["after"] = ("2A4 4B4 10C6 12D2 8y2 0x2", new()
            {
                [OverlapPolicy.First] = "xxAAAABByyCCCCCC", [OverlapPolicy.Last] = "xxAABBBByyCCDDCC",
                [OverlapPolicy.Bsd] = "xxAAAABByyCCCCCC", [OverlapPolicy.Linux] = "xxAAAABByyCCCCCC",
                [OverlapPolicy.OldLinux] = "xxAAAABByyCCCCCC", [OverlapPolicy.Solaris] = "xxAABBBByyCCCCCC",
            }),

            // Equal starts, the new one longer; then one over several at once.
            ["full"] = ("2A3 2B6 10C2 14D2 9E8 8y1 0x2", new()
            {
                [OverlapPolicy.First] = "xxAAABBByECCEEDDE", [OverlapPolicy.Last] = "xxBBBBBByEEEEEEEE",
                [OverlapPolicy.Bsd] = "xxAAABBByEEEEEEEE", [OverlapPolicy.Linux] = "xxBBBBBByEEEEEEEE",
                [OverlapPolicy.OldLinux] = "xxBBBBBByEEEEEEEE", [OverlapPolicy.Solaris] = "xxBBBBBByEEEEEEEE",
            }),
        };

    public static TheoryData<OverlapPolicy, string, uint> AllVectors()
    {
        var data = new TheoryData<OverlapPolicy, string, uint>();
        foreach ((string name, (_, Dictionary<OverlapPolicy, string> kept)) in Vectors)
        {
            foreach (OverlapPolicy policy in kept.Keys)
            {
                foreach (uint initial in InitialNumbers)
                {
                    data.Add(policy, name, initial);
                }
            }
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(AllVectors))]
    public void Segments_overlap_as_the_host_has_it(OverlapPolicy policy, string vector, uint initial)
    {
        (string segments, Dictionary<OverlapPolicy, string> kept) = Vectors[vector];

        Assert.Equal(kept[policy], StreamOf(policy, segments, initial));
    }

    [Theory]
    [InlineData(OverlapPolicy.BsdRight, OverlapPolicy.Bsd)]
    [InlineData(OverlapPolicy.Windows, OverlapPolicy.Bsd)]
    [InlineData(OverlapPolicy.Windows2K3, OverlapPolicy.Bsd)]
    [InlineData(OverlapPolicy.Hpux10, OverlapPolicy.Bsd)]
    [InlineData(OverlapPolicy.Irix, OverlapPolicy.Bsd)]
    [InlineData(OverlapPolicy.Macos, OverlapPolicy.Bsd)]
    [InlineData(OverlapPolicy.Vista, OverlapPolicy.First)]
    [InlineData(OverlapPolicy.Hpux11, OverlapPolicy.Solaris)]
    [InlineData(OverlapPolicy.Strict, OverlapPolicy.Linux)]
    public void Other_hosts_do_as_one_of_the_six(OverlapPolicy policy, OverlapPolicy same)
    {
        foreach ((string segments, Dictionary<OverlapPolicy, string> kept) in Vectors.Values)
        {
            Assert.Equal(kept[same], StreamOf(policy, segments, 1000));
        }
    }

    [Fact]
    public void Any_overlaps_give_what_a_plain_model_gives() =>
        Gen.Select(
            Gen.Enum<OverlapPolicy>(), Gen.Int[1, 40].Array[1, 14], Gen.Int[1, 12].Array[14]).Sample(
            (policy, offsets, lengths) =>
            {
                var owner = new (int Start, int End, char Letter)?[64];
                var segments = new List<string>();
                void Add(int offset, int length, char letter)
                {
                    segments.Add($"{offset}{letter}{length}");
                    for (int at = offset; at < offset + length; at++)
                    {
                        if (owner[at] is not (int start, int end, _) || OverlapRules.NewSegmentWins(
                            policy, (ulong)offset, (ulong)(offset + length), (ulong)start, (ulong)end))
                        {
                            owner[at] = (offset, offset + length, letter);
                        }
                    }
                }
                for (int i = 0; i < offsets.Length; i++)
                {
                    Add(offsets[i], lengths[i], (char)('A' + i));
                }
                int last = Array.FindLastIndex(owner, unit => unit is not null);
                for (int at = last; at >= 0; at--)
                {
                    if (owner[at] is null)
                    {
                        Add(at, 1, 'x');
                    }
                }
                Assert.Equal(
                    string.Concat(owner.Take(last + 1).Select(unit => unit!.Value.Letter)),
                    StreamOf(policy, string.Join(' ', segments), 4_000_000_000));
            },
            iter: 500);

    [Fact]
    public void A_segment_in_turn_may_replace_what_waits_too()
    {
        Assert.Equal("BBBBAA", StreamOf(OverlapPolicy.Linux, "2A4 0B4", 1000));
        Assert.Equal("BBAAAA", StreamOf(OverlapPolicy.First, "2A4 0B4", 1000));
        Assert.Equal("BBAAAA", StreamOf(OverlapPolicy.Solaris, "2A4 0B4", 1000));
        Assert.Equal("BBBBBBB", StreamOf(OverlapPolicy.Solaris, "2A4 0B7", 1000));
    }

    [Fact]
    public void Overlapping_copies_that_differ_are_told_whatever_the_policy()
    {
        foreach (OverlapPolicy policy in Enum.GetValues<OverlapPolicy>())
        {
            using StackBench bench = new(tcp: For(policy));
            bench.Play(Script(1000, "2A4 4B4 0x2"));
            Assert.NotEmpty(bench.Of<TcpInconsistent>());
        }
    }

    [Fact]
    public void The_first_network_that_holds_the_host_counts()
    {
        var hosts = new HostPolicies(
        [
            new HostPolicyDefinition { Network = "10.0.0.2", Segments = OverlapPolicy.Last },
            new HostPolicyDefinition { Network = "10.0.0.0/8", Segments = OverlapPolicy.Bsd },
            new HostPolicyDefinition
            {
                Network = "2001:db8::/32", Segments = OverlapPolicy.Linux, Fragments = OverlapPolicy.Solaris,
            },
        ]);

        Assert.Equal(OverlapPolicy.Last, PolicyTo(hosts, "10.0.0.1:1", "10.0.0.2:2"));
        Assert.Equal(OverlapPolicy.Bsd, PolicyTo(hosts, "10.0.0.2:1", "10.9.0.1:2"));
        Assert.Equal(OverlapPolicy.First, PolicyTo(hosts, "10.0.0.2:1", "192.0.2.1:2"));
        Assert.Equal(OverlapPolicy.Linux, PolicyTo(hosts, "[::1]:1", "[2001:db8:5::1]:2"));
    }

    private static OverlapPolicy PolicyTo(HostPolicies hosts, string from, string to)
    {
        byte[] bytes = TcpScript.Between(from, to).Syn().Frames[0].Bytes;
        using var buffer = new NativeArray<byte>(2048);
        bytes.CopyTo(buffer.AsSpan(0, (uint)bytes.Length));
        Packet packet = new()
        {
            Frame = buffer.Bytes(0, (uint)bytes.Length),
            WireLength = (uint)bytes.Length,
            LinkType = LinkType.Ethernet,
        };
        PacketParser.Parse(ref packet);
        return hosts.SegmentsTo(in packet);
    }

    private static string StreamOf(OverlapPolicy policy, string segments, uint initial)
    {
        using StackBench bench = new(tcp: For(policy));
        bench.Play(Script(initial, segments));
        bench.End();
        Assert.Empty(bench.GapsOf(Side.Client));
        Assert.Equal(0u, bench.Stack.Streams.HeldSlabBytes);
        return Encoding.ASCII.GetString(bench.BytesOf(Side.Client));
    }

    private static TcpSettings For(OverlapPolicy policy) => new()
    {
        Hosts = new HostPolicies([new HostPolicyDefinition { Network = "10.0.0.2", Segments = policy }]),
    };

    private static TcpScript Script(uint initial, string segments)
    {
        TcpScript script = TcpScript.Between("10.0.0.1:4000", "10.0.0.2:80")
            .WithSequences(initial, 77).Handshake();
        foreach (string segment in segments.Split(' '))
        {
            int letter = segment.IndexOfAny([.. segment.Where(char.IsLetter)]);
            int offset = int.Parse(segment[..letter], CultureInfo.InvariantCulture);
            int length = int.Parse(segment[(letter + 1)..], CultureInfo.InvariantCulture);
            script.ClientSegment(offset, new string(segment[letter], length));
        }
        return script;
    }
}
