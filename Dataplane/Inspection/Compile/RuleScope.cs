namespace Dataplane.Inspection.Compile;

/// <summary>What a rule has to be shown.</summary>
[Flags]
public enum RuleScope : byte
{
    None = 0,

    /// <summary>Each packet.</summary>
    Packet = 1,

    /// <summary>Pieces of the reassembled stream; the packet's own payload if it is not part of a
    /// stream.</summary>
    Stream = 2,

    /// <summary>Only the first packet of each direction of a flow (Suricata's IP-only rules).</summary>
    FlowOnce = 4,

    /// <summary>A match by itself decides about the whole flow when the action is pass or drop.</summary>
    ActsOnFlow = 8,

    /// <summary>Transactions of an application; its payload, if any, as the other bits say.</summary>
    Transaction = 16,
}
