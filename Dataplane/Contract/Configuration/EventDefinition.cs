using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Dataplane.Contract.Configuration;

/// <summary>An event of the document's own: those of a base type for which a predicate holds.</summary>
public sealed record EventDefinition
{
    [Description("Its path: that of its base and one more name, such as EVENT/PKT/TCP/BIG.")]
    [RegularExpression("^EVENT(/[A-Z0-9_]{1,32}){1,12}$")]
    public required string Path { get; init; }

    [Description("Path or alias of the event type it is raised from; also an event defined before it.")]
    public required string Base { get; init; }

    [Description("When it is raised: a predicate over the base's fields, such as: payloadLength > 1000.")]
    public required string Where { get; init; }
}
