using Dataplane.Events.Applications;
using Dataplane.Packets;

namespace Dataplane.Stacks.Applications;

/// <summary>A transaction as its flow and parser handle it.</summary>
public abstract class PooledTransaction : AppTransaction
{
    private AppProgress _client;
    private AppProgress _server;

    /// <inheritdoc/>
    public override AppProgress ProgressOf(Side sender) => sender == Side.Client ? _client : _server;

    /// <summary>Begins its life.</summary>
    public void Begin(uint number)
    {
        Number = number;
        Anomalies = default;
        (_client, _server) = (AppProgress.NotStarted, AppProgress.NotStarted);
        ClearNotes();
    }

    /// <summary>Says how far a side is; progress never goes back.</summary>
    public void Advance(Side sender, AppProgress progress)
    {
        ref AppProgress side = ref sender == Side.Client ? ref _client : ref _server;
        side = progress > side ? progress : side;
    }

    /// <summary>Remembers something irregular; true when it is new.</summary>
    public bool Note(AppAnomaly anomaly)
    {
        bool isNew = !Anomalies.Has(anomaly);
        Anomalies = Anomalies.With(anomaly);
        return isNew;
    }

    /// <summary>The flow ends: what is here is all there will be.</summary>
    public virtual void Finish(Side sender) => Advance(sender, AppProgress.Complete);

    /// <summary>Gives back what it holds, and itself to its pool.</summary>
    public abstract void Release();

    /// <summary>A response of a side restarts (HTTP's 100 Continue); the one way back.</summary>
    protected void Rewind(Side sender, AppProgress progress)
    {
        ref AppProgress side = ref sender == Side.Client ? ref _client : ref _server;
        side = progress;
    }
}
