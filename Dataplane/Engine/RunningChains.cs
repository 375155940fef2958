using Dataplane.Chains;

namespace Dataplane.Engine;

/// <summary>One worker's NF instances of one revision, and what they were made with.</summary>
public sealed class RunningChains(ChainInstance[] instances, WorkerResources resources) : IDisposable
{
    /// <summary>By plan number, from the revision's first on.</summary>
    public ChainInstance[] Instances { get; private set; } = instances;

    /// <summary>True once empty chains stand in the place of these.</summary>
    public bool IsRetired { get; private set; }

    /// <summary>Puts chains without NFs in their place, and answers those that were there,
    /// to be disposed when the
    /// worker has let go of them.</summary>
    public IReadOnlyList<ChainInstance> Retire()
    {
        if (IsRetired)
        {
            return [];
        }

        IsRetired = true;
        ChainInstance[] spent = Instances;
        Instances = [.. spent.Select(i => new ChainInstance(
            Chain.Unmatched(i.Chain.Number), Array.Empty<INetworkFunction>()))];
        return spent;
    }

    /// <summary>The same NFs placed as these chains say; answers what was there before, to be disposed when
    /// the worker has let go of it.</summary>
    public ChainInstance[] Place(IReadOnlyList<Chain> chains)
    {
        ChainInstance[] before = Instances;
        Instances = [.. before.Select(
            (instance, i) => instance.PlacedAs(chains[i].Numbered(instance.Chain.Number)))];
        return before;
    }

    public void Dispose()
    {
        foreach (ChainInstance instance in Instances)
        {
            instance.Dispose();
        }

        resources.Dispose();
    }
}
