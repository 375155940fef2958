namespace Dataplane.Inspection.Rules;

/// <summary>A test on a packet's headers or its flow's figures, apart from any buffer.</summary>
public abstract record PacketTest;
