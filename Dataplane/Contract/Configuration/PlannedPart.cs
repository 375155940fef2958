namespace Dataplane.Contract.Configuration;

/// <summary>A part of the stack that all NFs of a chain share, and who asks for it.</summary>
/// <param name="Name">"client half", "server half", "client stream" or "server stream".</param>
/// <param name="AskedBy">Subscriptions as NF/subscription, in link order; empty when no flow gets it.</param>
public sealed record PlannedPart(string Name, IReadOnlyList<string> AskedBy);
