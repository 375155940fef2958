using Dataplane.Contract.Configuration;
using Dataplane.Events;
using Dataplane.Stacks.TcpMonitor;
using Testing;

namespace Dataplane.Tests.Stacks.TcpMonitor;

/// <summary>Whatever the catalogue lists below PKT/TCP, TCP and DATA_RDY is raised by some connection, for a
/// subscriber that wants just it.</summary>
public sealed class TcpEventCoverageTests
{
    /// <summary>No half is seen to begin to listen: that end has sent nothing yet.</summary>
    private const string NeverSeen = "EVENT/TCP/STATE/LISTEN";

    private static readonly StreamSettings Narrow = new()
    {
        StreamMax = 4, SlabBytesMax = 16 * 1024, RunMax = 64, HeldBytesMax = 4096,
    };

    private static readonly TcpSettings[] Judges =
    [
        new() { StreamDepth = 500, Checksums = ChecksumRule.Report, TtlMin = 4 },
        new() { IsStrict = true, Checksums = ChecksumRule.Report, TtlMin = 4 },
    ];

    public static TheoryData<string> Paths() =>
        [.. EventTree.Types.Where(type => EventTree.IsA(type.Id, EventType<TcpPacket>.Id)
                || EventTree.IsA(type.Id, EventType<TcpEvent>.Id)
                || EventTree.IsA(type.Id, EventType<DataReady>.Id))
            .Where(type => type.Body.Assembly == typeof(EventTree).Assembly && type.TreePath != NeverSeen)
            .Select(type => type.TreePath)];

    [Theory]
    [MemberData(nameof(Paths))]
    public void A_connection_raises_it_for_those_who_want_just_it(string path)
    {
        Assert.True(EventTree.TryFind(path, out ushort type));
        var seen = new List<SeenEvent>();
        foreach (IReadOnlyList<Frame> frames in TcpScenes.All.Values)
        {
            foreach (TcpSettings judge in Judges)
            {
                using StackBench bench = new(settings: Narrow, tcp: judge, types: type);
                bench.Play(frames).End();
                seen.AddRange(bench.Seen);
            }
        }

        Assert.Contains(seen, e => EventTree.IsA(e.Record.TypeId, type));
        Assert.All(seen, e => Assert.True(
            EventTree.IsA(e.Record.TypeId, type) || EventTree.Types[e.Record.TypeId].Notice is not null,
            e.Path));
    }
}
