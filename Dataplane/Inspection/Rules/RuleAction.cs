namespace Dataplane.Inspection.Rules;

/// <summary>What a matching rule asks for; smaller values are evaluated first (Suricata's action
/// order).</summary>
public enum RuleAction : byte
{
    Pass,
    Drop,
    Reject,
    Alert,
}
