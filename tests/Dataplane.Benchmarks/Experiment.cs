namespace Dataplane.Benchmarks;

/// <summary>One named measurement of <c>appliance bench</c>;
/// found by being a class of this assembly.</summary>
public abstract class Experiment
{
    /// <summary>Name on the command line.</summary>
    public abstract string Name { get; }

    /// <summary>What it measures, in a line.</summary>
    public abstract string Summary { get; }

    /// <summary>Every experiment of this assembly, by name.</summary>
    public static IReadOnlyList<Experiment> All() =>
        [.. typeof(Experiment).Assembly.GetTypes()
            .Where(t => t.IsSubclassOf(typeof(Experiment)) && !t.IsAbstract)
            .Select(t => (Experiment)Activator.CreateInstance(t)!)
            .OrderBy(e => e.Name, StringComparer.Ordinal)];

    /// <summary>Runs it.</summary>
    public abstract ExperimentReport Measure(string command);
}
