using Dataplane.Flows;

namespace Dataplane.Chains;

/// <summary>A filter over what is constant for a flow, compiled from BPF syntax; tried once for each flow.</summary>
public abstract class FlowFilter
{
    /// <summary>Takes every flow.</summary>
    public static readonly FlowFilter Everything = new All();

    /// <summary>True when the flow is one that the filter takes, whichever end sent the packet at hand.</summary>
    public abstract bool Matches(in FlowKey key);

    private sealed class All : FlowFilter
    {
        public override bool Matches(in FlowKey key) => true;
    }
}
