using Dataplane.Contract.Configuration;
using Dataplane.Contract.Live;
using Dataplane.Engine;

namespace Dataplane.Control;

/// <summary>What the control socket works on: one engine, changed by one command at a time.</summary>
public sealed class ControlState(
    IEngine engine, ConfigLoader loader, ReadOnlyMemory<byte> catalogJson, long startedAtUs,
    Action<EngineRevision, EngineOutcome> applied)
{
    private static readonly EngineOutcome Nothing = new([], [], 0);

    private readonly Lock _command = new();
    private EngineOutcome _lastOutcome = Nothing;

    public IEngine Engine => engine;

    public ConfigLoader Loader => loader;

    /// <summary>The catalogue as JSON.</summary>
    public ReadOnlyMemory<byte> CatalogJson => catalogJson;

    /// <summary>When the process began, microseconds since 1970.</summary>
    public long StartedAtUs => startedAtUs;

    /// <summary>What became of the revision that runs.</summary>
    public EngineOutcome LastOutcome => Volatile.Read(ref _lastOutcome);

    /// <summary>Faults that only show when rules are read; nothing is changed.</summary>
    public EngineOutcome Check(EngineRevision revision)
    {
        lock (_command)
        {
            return engine.Check(revision);
        }
    }

    /// <summary>Switches a subscription for live flows; null when there are faults.</summary>
    public SubscriptionChanged? Change(SubscriptionChange change, List<ConfigFault> faults)
    {
        lock (_command)
        {
            return engine.Change(change, faults);
        }
    }

    /// <summary>What live flows are heard by; null when there are faults.</summary>
    public IReadOnlyList<FlowDemand>? Demand(
        string? flow, string filter, int limit, List<ConfigFault> faults)
    {
        lock (_command)
        {
            return engine.Demand(flow, filter, limit, faults);
        }
    }

    /// <summary>Puts a revision in place; with faults nothing has changed.</summary>
    public EngineOutcome Apply(EngineRevision revision)
    {
        lock (_command)
        {
            EngineOutcome outcome = engine.Apply(revision);
            if (outcome.Faults.Count == 0)
            {
                Volatile.Write(ref _lastOutcome, outcome);
                applied(revision, outcome);
            }
            return outcome;
        }
    }
}
