namespace ControlApi.Contract.Status;

/// <summary>An NF that hears a topic, itself or through an ancestor it subscribed to.</summary>
public sealed record TopicSubscriber(string Chain, string Nf, string Subscription);
