using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Dataplane.Contract.Configuration;

/// <summary>One switchable subscription of an NF: one bit of a flow's link mask.</summary>
public sealed record SubscriptionDefinition
{
    [Description("Name used when subscriptions are matched across revisions; absent: the event's path.")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Name { get; set; }

    [Description("Path or alias of the event type, such as EVENT/DATA_RDY or PKT_IN.")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Event { get; set; }

    [Description("Several event types switched together; used instead of event.")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Events { get; set; }

    [Description("Whose packets cause the event.")]
    public SenderSide Sender { get; set; } = SenderSide.Both;

    [Description("Whose half of the stack raises the event.")]
    public UpdatingHalf Half { get; set; } = UpdatingHalf.Receiver;

    [Description("Which flows, as a BPF filter over what is constant for a flow.")]
    public string Filter { get; set; } = "";

    [Description("Where a late subscription starts: now, retained or offset:N.")]
    [RegularExpression("^(now|retained|offset:[0-9]{1,18})$")]
    public string Start { get; set; } = "now";

    [Description("A predicate over the event's own fields, such as: bytes > 1000 and side = client.")]
    public string Where { get; set; } = "";

    [Description("Stream bytes kept: none, first N, last N or from OFFSET; absent: what the kind asks for.")]
    [RegularExpression("^(none|first [0-9]{1,5}|last [0-9]{1,5}|from [0-9]{1,18})$")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Keep { get; set; }

    [Description("False: off until the NF or a person switches it on; absent: as the kind declares.")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Enabled { get; set; }

    [Description("Before or after the stack has taken the packet in; absent: as the kind declares.")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public HookPoint? Hook { get; set; }

    [Description("EVENT/DATA_RDY in larger pieces: bytes are held back until there are so many.")]
    [Range(1, 32_768)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? MinBytes { get; set; }

    [Description("With minBytes: the longest that bytes are held back; 0 or absent: until the burst's end.")]
    [Range(0, 60_000)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? MaxDelayMs { get; set; }

    [Description("Of so many events that pass everything else only the first is heard.")]
    [Range(1, 1_000_000)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? OneIn { get; set; }

    [Description("At most so many events in a second of flow time.")]
    [Range(1, 100_000_000)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? PerSecond { get; set; }

    [Description("Over what oneIn and perSecond count: each worker's flows together, or each flow.")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public LimitScope? LimitPer { get; set; }

    /// <summary>The event types named, whichever of the two fields names them.</summary>
    public IReadOnlyList<string> EventPaths() => Events ?? (Event is null ? [] : [Event]);
}
