using Dataplane.Chains;
using Dataplane.Inspection;
using Dataplane.Inspection.Compile;
using Dataplane.Inspection.Verify;

namespace Dataplane.Engine;

/// <summary>What the NF instances of one worker may ask for: protocol identification, host names and rule
/// sets.</summary>
public sealed class WorkerResources(RuleSets ruleSets, uint dpiFlows, uint? hostNames = null)
    : INfResources, IDisposable
{
    private readonly List<WorkerResources> _ofOtherThreads = [];
    private readonly NoteTakers _noteTakers = new();
    private ProtocolIdentifier? _identifier;
    private HostNames? _hosts;

    /// <inheritdoc/>
    public object? Find(Type type, string name)
    {
        if (type == typeof(ProtocolIdentifier))
        {
            return _identifier ??= new ProtocolIdentifier(dpiFlows);
        }

        if (type == typeof(HostNames))
        {
            return _hosts ??= new HostNames(hostNames ?? dpiFlows);
        }

        if (type == typeof(RuleSet))
        {
            return ruleSets.Find(name);
        }

        if (type == typeof(NoteTakers))
        {
            return _noteTakers;
        }

        return type == typeof(HostTable) ? ruleSets.HostsOf(name) : null;
    }

    /// <inheritdoc/>
    /// <remarks>nDPI's module serves one thread; rule sets and host tables serve all.</remarks>
    public INfResources ForOtherThread()
    {
        var own = new WorkerResources(ruleSets, dpiFlows, hostNames);
        _ofOtherThreads.Add(own);
        return own;
    }

    public void Dispose()
    {
        _identifier?.Dispose();
        _hosts?.Dispose();
        _ofOtherThreads.ForEach(own => own.Dispose());
    }
}
