namespace Dataplane.Inspection.Compile;

/// <summary>The rules of both directions of one flow.</summary>
public readonly record struct FlowRuleGroups(RuleGroup ToServer, RuleGroup ToClient)
{
    /// <summary>True when a rule asks how much either side has sent.</summary>
    public bool WantsOtherSide => ToServer.WantsOtherSide || ToClient.WantsOtherSide;

    /// <summary>True when a rule asks what the flow speaks.</summary>
    public bool NamesApplications => ToServer.NamesApplications || ToClient.NamesApplications;
}
