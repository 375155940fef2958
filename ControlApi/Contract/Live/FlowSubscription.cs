using System.ComponentModel;

namespace ControlApi.Contract.Live;

/// <summary>Switches a subscription of one NF on or off for the flow that the path names.</summary>
public sealed record FlowSubscription
{
    [Description("Name of the NF.")]
    public required string Nf { get; init; }

    [Description("Name of its subscription; absent: all that it has.")]
    public string? Subscription { get; set; }

    [Description("True switches it on, false off.")]
    public required bool On { get; init; }

    [Description("Where bytes begin: now, retained or offset:N; absent: as the subscription says.")]
    public string? Start { get; set; }
}
