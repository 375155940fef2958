using Dataplane.Contract.Catalog;

namespace ControlApi.Contract.Status;

/// <summary>One node of the event tree, and which NFs of the active document hear it.</summary>
public sealed record Topic(EventType Event, IReadOnlyList<TopicSubscriber> Subscribers);
