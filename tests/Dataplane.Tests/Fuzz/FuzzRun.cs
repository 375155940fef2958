using System.Diagnostics;

namespace Dataplane.Tests.Fuzz;

/// <summary>Executions of one target from a seed; what went wrong is kept with its input.</summary>
internal sealed class FuzzRun(FuzzTarget target, ulong seed)
{
    private const int FindingsMax = 10;
    private const int OutcomesMax = 1 << 16;
    private static readonly TimeSpan SlowTime = TimeSpan.FromSeconds(5);

    private readonly FuzzMutator _mutator = new(target, seed);
    private readonly HashSet<ulong> _outcomes = [];
    private readonly List<string> _findings = [];

    public string Name => target.Name;

    public long Executions { get; private set; }

    public TimeSpan Time { get; private set; }

    public IReadOnlyList<string> Findings => _findings;

    /// <summary>Kinds of outcomes met.</summary>
    public int OutcomeCount => _outcomes.Count;

    /// <summary>Executes so often, or until there are many findings.</summary>
    public void Play(long executions)
    {
        long start = Stopwatch.GetTimestamp(), last = start;
        for (long i = 0; i < executions && _findings.Count < FindingsMax; i++)
        {
            ReadOnlySpan<byte> input = _mutator.Next();
            Execute(input);
            Executions++;
            long now = Stopwatch.GetTimestamp();
            if (Stopwatch.GetElapsedTime(last, now) > SlowTime)
            {
                Note(input, $"took {Stopwatch.GetElapsedTime(last, now).TotalSeconds:F1} s");
            }

            last = now;
        }

        Time += Stopwatch.GetElapsedTime(start);
    }

    private void Execute(ReadOnlySpan<byte> input)
    {
        try
        {
            ulong outcome = target.Execute(input);
            if (_outcomes.Count < OutcomesMax && _outcomes.Add(outcome))
            {
                _mutator.Keep(input);
            }
        }
        catch (Exception error)
        {
            Note(input, error.ToString());
        }
    }

    private void Note(ReadOnlySpan<byte> input, string what) => _findings.Add(
        $"{target.Name}, seed {seed}, execution {Executions}: {what}\n"
        + $"input: {Convert.ToBase64String(input)}");
}
