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
    private const int SlicesOfTarget = 20;

    /// <summary>Frames of a million executions that go through a whole worker.</summary>
    private const long PathShare = 160_000;

    private static readonly Func<FuzzTarget>[] Targets =
    [
        () => new FrameTarget(), () => new FlowFilterTarget(), () => new EventPredicateTarget(),
        () => new RuleTarget(), () => new DocumentTarget(), () => new ReassemblyTarget(),
        () => new CaptureTarget(), () => new ApplicationTarget(),
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
        var runs = new List<FuzzRun>();
        var clock = Stopwatch.StartNew();
        foreach (Func<FuzzTarget> make in Targets)
        {
            using FuzzTarget target = make();
            var run = new FuzzRun(target, seed);
            runs.Add(run);
            for (int slice = 0; slice < SlicesOfTarget; slice++)
            {
                run.Play(count / 1_000_000 * target.Share / SlicesOfTarget);
            }

            output.WriteLine($"{run.Name}: {run.Executions} executions, {run.Time.TotalSeconds:F1} s, "
                + $"{run.OutcomeCount} outcomes, {run.Findings.Count} findings");
        }

        (long frames, double seconds, string? fault) = PlayPath(count / 1_000_000 * PathShare, seed);
        Record(runs, frames, seconds, fault, seed, clock.Elapsed);
        string[] findings = [.. runs.SelectMany(run => run.Findings)];
        Assert.True(findings.Length == 0, string.Join("\n", findings));
        Assert.Null(fault);
    }

    // Frames through a worker with every built-in NF.
    private static (long Frames, double Seconds, string? Fault) PlayPath(long frames, ulong seed)
    {
        var clock = Stopwatch.StartNew();
        using var run = new MutatedRun(seed, isInline: seed % 2 == 0);
        run.Play(frames);
        string fault = run.Parts.Runner.FaultCount > 0 ? "A network function threw. " : "";
        fault += run.FirstThrown;
        return ((long)run.Received, clock.Elapsed.TotalSeconds, fault.Length > 0 ? fault : null);
    }

    private void Record(
        List<FuzzRun> runs, long frames, double seconds, string? fault, ulong seed, TimeSpan time)
    {
        long sum = frames + runs.Sum(run => run.Executions);
        output.WriteLine($"{PathName}: {frames} frames, {seconds:F1} s");
        output.WriteLine($"{sum} executions in {time.TotalSeconds:F0} s");
        if (Environment.GetEnvironmentVariable(RecordVariable) is not { Length: > 0 } path)
        {
            return;
        }

        var targets = runs.Select(run => new
        {
            target = run.Name,
            executions = run.Executions,
            seconds = Math.Round(run.Time.TotalSeconds, 1),
            outcomes = run.OutcomeCount,
            findings = run.Findings,
        });
        var worker = new { target = PathName, executions = frames, seconds, fault };
        File.WriteAllText(path, JsonSerializer.Serialize(new { seed, sum, targets, worker }));
    }

    private static long? Number(string variable) =>
        long.TryParse(
            Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out long number)
            ? number
            : null;
}
