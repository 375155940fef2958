using Dataplane.Contract.Configuration;

namespace Dataplane.Engine;

/// <summary>Which worker runs on which core.</summary>
public static class CorePlan
{
    /// <summary>Leaves a thread where the system puts it.</summary>
    public const int Unpinned = -1;

    /// <summary>The core of each worker. By default one worker on one or two cores,
    /// else all cores but one; core 0 is
    /// left to others when there is another; with one core nothing is pinned (engine §23).</summary>
    public static int[] Choose(WorkersDefinition workers, IReadOnlyList<int> allowed,
        ICollection<ConfigFault> faults)
    {
        if (!CoreList.TryParse(workers.Cores, out IReadOnlyList<int> named))
        {
            faults.Add(new ConfigFault("/workers/cores", "bad-cores", $"'{workers.Cores}' names no cores.",
                "Use auto, or numbers and ranges such as 2,4-6."));
            return [];
        }

        if (named.Count > 0)
        {
            return ChooseNamed(workers, named, allowed, faults);
        }

        int count = workers.Count ?? (allowed.Count <= 2 ? 1 : allowed.Count - 1);
        if (allowed.Count == 1)
        {
            return [.. Enumerable.Repeat(Unpinned, count)];
        }

        int[] cores = [.. allowed.Skip(1), allowed[0]];
        return [.. Enumerable.Range(0, count).Select(worker => cores[worker % cores.Length])];
    }

    /// <summary>The cores of NFs that run beside their flows' workers: those that no worker has; all of them
    /// where workers have them all.</summary>
    public static int[] ForFunctions(IReadOnlyList<int> workers, IReadOnlyList<int> allowed)
    {
        int[] free = [.. allowed.Except(workers)];
        return free.Length > 0 ? free : allowed.Count > 1 ? [.. allowed] : [Unpinned];
    }

    private static int[] ChooseNamed(
        WorkersDefinition workers, IReadOnlyList<int> named, IReadOnlyList<int> allowed,
        ICollection<ConfigFault> faults)
    {
        int[] missing = [.. named.Except(allowed)];
        if (missing.Length > 0)
        {
            faults.Add(new ConfigFault("/workers/cores", "no-such-core",
                $"This process may not use core {string.Join(", ", missing)}.",
                $"Use cores among {string.Join(", ", allowed)}."));
            return [];
        }

        int count = workers.Count ?? named.Count;
        return [.. Enumerable.Range(0, count).Select(worker => named[worker % named.Count])];
    }
}
