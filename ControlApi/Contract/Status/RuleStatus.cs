namespace ControlApi.Contract.Status;

/// <summary>What one rule cost and found since its rule set came into use.</summary>
/// <param name="RuleSet">Id of the rule set in the document.</param>
/// <param name="Sid">The rule's number.</param>
/// <param name="Gid">Its group, 1 for most.</param>
/// <param name="Rev">Its revision.</param>
/// <param name="Signature">Its message, the first 96 bytes.</param>
/// <param name="Action">pass, drop, reject or alert.</param>
/// <param name="Checks">How often its options were compared with a packet, stream or transaction because its
/// literal was found, or it has none.</param>
/// <param name="Matches">How often all of them held, before thresholds.</param>
/// <param name="Nanoseconds">Time of all checks, estimated from one in 64.</param>
/// <param name="LastHit">Packet time of the last match; null: none.</param>
public sealed record RuleStatus(
    string RuleSet, uint Sid, uint Gid, uint Rev, string Signature, string Action, ulong Checks,
    ulong Matches, ulong Nanoseconds, DateTimeOffset? LastHit);
