using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Dataplane.Tests.Engine;

namespace Dataplane.Tests.Fuzz;

/// <summary>Everything that reads bytes from strangers, with mutated inputs. docs/fuzzing.md says how to run
/// it long.</summary>
public sealed class FuzzTests(ITestOutputHelper output)
{
    /// <summary>Executions of all targets together in a long run.</summary>
    private const string CountVariable = "APPLIANCE_FUZZ_EXECUTIONS";

    /// <summary>Another seed than the one of the tests.</summary>
    private const string SeedVariable = "APPLIANCE_FUZZ_SEED";

    /// <summary>Where a long run writes what it did, as JSON.</summary>
    private const string RecordVariable = "APPLIANCE_FUZZ_RECORD";

    private const string PathName = "inspection path";
    private const long CountByDefault = 3_000_000;

    /// <summary>Targets take turns after so many executions of all.</summary>
    private const long ExecutionsOfRound = 1_000_000;

    /// <summary>Frames of a million executions that go through a whole worker.</summary>
    private const long PathShare = 190_000;

    private static readonly Func<FuzzTarget>[] Targets =
    [
        () => new FrameTarget(), () => new FlowFilterTarget(), () => new EventPredicateTarget(),
        () => new RuleTarget(), () => new DocumentTarget(), () => new ReassemblyTarget(),
        () => new CaptureTarget(), ApplicationTarget.Http, ApplicationTarget.Tls, ApplicationTarget.Dns,
        () => new DatagramTarget(), ApplicationTarget.Ssh, ApplicationTarget.Smtp, ApplicationTarget.Ftp,
        ApplicationTarget.Probe,
    ];

    public static TheoryData<int> Numbers => [.. Enumerable.Range(0, Targets.Length)];

    [Theory, MemberData(nameof(Numbers))]
    public void Mutated_inputs_get_an_answer(int number)
    {
        using FuzzTarget target = Targets[number]();
        var run = new FuzzRun(target, seed: 1);
        run.Play(target.QuickCount);
        Assert.True(run.Findings.Count == 0, string.Join("\n", run.Findings));
        Assert.Equal(target.QuickCount, run.Executions);
        Assert.True(run.OutcomeCount > 1, $"{target.Name} always comes to the same end.");
    }

    [Fact, Trait("tier", "long")]
    public void Many_mutated_inputs_of_all_targets_get_an_answer()
    {
        long count = Number(CountVariable) ?? CountByDefault;
        ulong seed = (ulong)(Number(SeedVariable) ?? 2);
        FuzzTarget[] targets = [.. Targets.Select(make => make())];
        FuzzRun[] runs = [.. targets.Select(target => new FuzzRun(target, seed))];
        using var path = new MutatedRun(seed, isInline: seed % 2 == 0);
        var clock = Stopwatch.StartNew();
        long rounds = Math.Max(count / ExecutionsOfRound, 1);
        try
        {
            for (long round = 1; round <= rounds; round++)
            {
                for (int i = 0; i < runs.Length; i++)
                {
                    runs[i].Play(count / rounds * targets[i].Share / 1_000_000);
                }
                path.Play(count / rounds * PathShare / 1_000_000);
                Record(runs, path, seed, clock.Elapsed);
            }
        }
        finally
        {
            Array.ForEach(targets, target => target.Dispose());
        }

        foreach (FuzzRun run in runs)
        {
            output.WriteLine($"{run.Name}: {run.Executions} executions, {run.Time.TotalSeconds:F1} s, "
                + $"{run.OutcomeCount} outcomes, {run.Findings.Count} findings");
        }
        output.WriteLine($"{PathName}: {path.Received} frames; {clock.Elapsed.TotalSeconds:F0} s in all");
        string[] findings = [.. runs.SelectMany(run => run.Findings)];
        Assert.True(findings.Length == 0, string.Join("\n", findings));
        Assert.Equal("", FaultOf(path));
    }

    // What network functions threw while frames went through a worker with every built-in one.
    private static string FaultOf(MutatedRun path) =>
        (path.Parts.Runner.FaultCount > 0 ? "A network function threw. " : "") + path.FirstThrown;

    // Written after each round, so that a run that is stopped has told what it did.
    private static void Record(FuzzRun[] runs, MutatedRun path, ulong seed, TimeSpan time)
    {
        if (Environment.GetEnvironmentVariable(RecordVariable) is not { Length: > 0 } file)
        {
            return;
        }

        long sum = (long)path.Received + runs.Sum(run => run.Executions);
        var targets = runs.Select(run => new
        {
            target = run.Name,
            executions = run.Executions,
            seconds = Math.Round(run.Time.TotalSeconds, 1),
            outcomes = run.OutcomeCount,
            findings = run.Findings,
        });
        var worker = new { target = PathName, executions = path.Received, fault = FaultOf(path) };
        double seconds = Math.Round(time.TotalSeconds, 1);
        File.WriteAllText(file, JsonSerializer.Serialize(new { seed, sum, seconds, targets, worker }));
    }

    private static long? Number(string variable) =>
        long.TryParse(
            Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out long number)
            ? number
            : null;
}
