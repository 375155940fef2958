using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Dataplane.Contract.Live;

/// <summary>Switches a subscription of one NF on or off, for one live flow or for all that a filter
/// takes.</summary>
public sealed record SubscriptionChange
{
    [Description("Name of the NF.")]
    public required string Nf { get; init; }

    [Description("Name of its subscription; absent: all that it has.")]
    public string? Subscription { get; set; }

    [Description("True switches it on, false off.")]
    public required bool On { get; init; }

    [Description("Where bytes begin: now, retained or offset:N; absent: as the subscription says.")]
    [RegularExpression("^(now|retained|offset:[0-9]{1,18})$")]
    public string? Start { get; set; }

    [Description("The live flow, by its id.")]
    public string? Flow { get; set; }

    [Description("Live flows by a BPF filter over what is constant for a flow; empty takes all.")]
    public string? Filter { get; set; }
}
