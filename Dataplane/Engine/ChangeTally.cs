using System.Globalization;
using Dataplane.Contract.Live;
using Dataplane.Flows;

namespace Dataplane.Engine;

/// <summary>What a change of subscriptions has come to so far.</summary>
internal sealed class ChangeTally
{
    private readonly List<ChangedFlow> _flows = [];
    private long _changed;

    /// <summary>Flows that were meant.</summary>
    public long Matched { get; set; }

    /// <summary>Workers that are done.</summary>
    public List<ChangedWorker> Workers { get; } = [];

    /// <summary>A flow has other links now.</summary>
    public void Note(FlowId flow, uint generation, ulong lastOld)
    {
        _changed++;
        if (_flows.Count < SubscriptionChanged.FlowsMax)
        {
            string id = flow.Identity(generation).ToString(CultureInfo.InvariantCulture);
            _flows.Add(new ChangedFlow(id, lastOld));
        }
    }

    public SubscriptionChanged ToContract() => new()
    {
        FlowsMatched = Matched,
        FlowsChanged = _changed,
        Flows = _flows,
        Workers = Workers,
    };
}
