namespace Dataplane.Inspection.Rules;

/// <summary>Whose address `iprep` looks up.</summary>
public enum ReputationSide : byte
{
    Source,
    Destination,
    Any,
    Both,
}

/// <summary>`iprep`: the score that an end of the packet has in a category; an end without one does not
/// match.</summary>
public sealed record ReputationTest(
    Reputations Table, ReputationSide Side, byte Category, NumberTest Test) : PacketTest;
