using CsCheck;
using Dataplane.Chains;
using Dataplane.Chains.Parallel;
using Dataplane.Events;
using Testing;

namespace Dataplane.Tests.Chains.Parallel;

/// <summary>Rules 1 to 6 over random chains and schedules: NFs that publish, switch subscriptions, drop and
/// write by all they hear do the same wherever they run. The run on one core is the oracle.</summary>
public sealed class ScheduleTests
{
    private const string Seed = "9q6_9yJpjer1";
    private const int QuickCount = 120;
    private const int ThreadCount = 20;
    private const int MoveCount = 40;
    private const int BurstsPerMove = 3;
    private const int LongCount = 2_000;
    private const int LongThreadCount = 300;
    private const int JitterTurns = 60;

    private static readonly Type[] Kinds =
    [
        typeof(Talker), typeof(Listener), typeof(TalkingGate), typeof(SilentGate), typeof(TalkingDropper),
        typeof(TalkingWriter),
    ];

    [Fact]
    public void Every_schedule_of_NFs_on_other_cores_gives_what_one_core_gives() =>
        RandomSchedule.Any.Sample(Agrees, seed: Seed, iter: QuickCount, threads: 1);

    /// <summary>Else the tests above and below prove nothing.</summary>
    [Fact]
    public void Many_of_these_chains_have_NFs_that_overlap()
    {
        int count = 0;
        RandomSchedule.Any.Sample(schedule => count += Overlaps(schedule) ? 1 : 0, seed: Seed,
            iter: QuickCount, threads: 1);
        Assert.True(count > QuickCount / 10, $"{count}");
    }

    [Fact]
    public void Threads_give_what_one_core_gives() =>
        RandomSchedule.Any.Sample(AgreesOnThreads, seed: Seed, iter: ThreadCount, threads: 1);

    [Fact]
    public void Moving_NFs_between_cores_in_the_middle_of_flows_changes_nothing() =>
        RandomSchedule.Any.Sample(AgreesWhileMoving, seed: Seed, iter: MoveCount, threads: 1);

    [Fact, Trait("tier", "long")]
    public void Moving_NFs_often_changes_nothing() =>
        RandomSchedule.Any.Sample(AgreesWhileMoving, iter: LongThreadCount, threads: 1);

    [Fact, Trait("tier", "long")]
    public void Many_schedules_give_what_one_core_gives() =>
        RandomSchedule.Any.Sample(Agrees, iter: LongCount, threads: 1);

    [Fact, Trait("tier", "long")]
    public void Many_chains_on_threads_give_what_one_core_gives() =>
        RandomSchedule.Any.Sample(AgreesOnThreads, iter: LongThreadCount, threads: 1);

    private static bool Overlaps(RandomSchedule schedule)
    {
        PlanResult plan = ChainBench.Plan(schedule.Document(isParallel: true, 0), Kinds);
        IReadOnlyList<ChainFunction> nfs = plan.Chains[0].Functions;
        return nfs.Any(nf => nf.Placement.IsParallel
            && nfs.Any(other => other != nf && plan.Chains[0].Pairs.Any(pair => pair.MayOverlap
                && ((pair.Earlier == nf.Name && pair.Later == other.Name)
                    || (pair.Earlier == other.Name && pair.Later == nf.Name)))));
    }

    private static void Agrees(RandomSchedule schedule)
    {
        using var lanes = new SteppedLanes(schedule.Seed);
        Compare(schedule, lanes, 0, Moves.None);
    }

    private static void AgreesWhileMoving(RandomSchedule schedule)
    {
        using var lanes = new SteppedLanes(schedule.Seed);
        Compare(schedule, lanes, 0, Moves.Often);
    }

    private static void AgreesOnThreads(RandomSchedule schedule) =>
        Compare(schedule, null, JitterTurns, Moves.None);

    private static void Compare(RandomSchedule schedule, ILaneHost? lanes, int jitter, Moves moves)
    {
        string path = Path.GetTempFileName();
        try
        {
            PcapFile.Write(path, schedule.Frames());
            Run expected = Play(schedule, path, null, schedule.Document(isParallel: false, 0), null);
            Func<int, string> document = count => schedule.Document(isParallel: true, jitter, count);
            Run found = Play(schedule, path, lanes, document(0), moves == Moves.None ? null : document);
            Assert.Equal(0, found.DisorderCount);
            foreach ((string name, string[] heard) in expected.Heard)
            {
                Assert.Equal(heard, found.Heard[name]);
            }

            Assert.Equal(expected.Sent, found.Sent);
            Assert.Equal(expected.Notices, found.Notices);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static Run Play(
        RandomSchedule schedule, string path, ILaneHost? lanes, string document, Func<int, string>? moved)
    {
        using ParallelBench bench = ParallelBench.With(lanes, schedule.Burst, document, Kinds);
        int bursts = 0;
        bench.PlayCapture(path, () =>
        {
            if (moved is not null && ++bursts % BurstsPerMove == 0)
            {
                bench.Place(moved(bursts / BurstsPerMove));
            }
        }).EndAll();
        bench.Runner.Drain();
        ITalker[] talkers = [.. schedule.Named.Select(pair => bench.Nf<ITalker>(pair.Name))];
        return new Run(
            talkers.Zip(schedule.Named, (talker, pair) => (pair.Name, Texts(talker)))
                .ToDictionary(pair => pair.Name, pair => pair.Item2),
            [.. bench.Sent.Select(Convert.ToHexString)],
            [
                .. bench.Notices.Entries.Select(Text).Order(StringComparer.Ordinal),
            ],
            talkers.Sum(talker => talker.Voice.DisorderCount));
    }

    private static string[] Texts(ITalker talker) => [.. talker.Voice.Heard.OrderBy(flow => flow.Key)
        .SelectMany(flow => flow.Value.Select(line => $"{flow.Key}: {line}"))];

    private static string Text(CollectedNotices.Entry entry) =>
        $"{EventTree.Types[entry.Record.TypeId].Path} {entry.Nf} {entry.Record.Flow.Value} "
        + $"{entry.Record.TimeNs} {Convert.ToHexString(entry.SideBlock)}";

    private enum Moves
    {
        None,
        Often,
    }

    private sealed record Run(
        Dictionary<string, string[]> Heard, string[] Sent, string[] Notices, int DisorderCount);
}
