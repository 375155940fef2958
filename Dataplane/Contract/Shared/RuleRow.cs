using System.Runtime.InteropServices;

namespace Dataplane.Contract.Shared;

/// <summary>What one rule cost and found since its rule set came into use, all workers together.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct RuleRow
{
    /// <summary>Id of the rule set in the document.</summary>
    public SharedName RuleSet;

    /// <summary>The rule's message, cut after two names' lengths.</summary>
    public SharedName Signature;
    public SharedName SignatureRest;
    public uint Sid;
    public uint Gid;
    public uint Revision;

    /// <summary>0 pass, 1 drop, 2 reject, 3 alert.</summary>
    public uint Action;

    /// <summary>How often the rule's options were compared with something, and how often all held.</summary>
    public ulong Checks;
    public ulong Matches;

    /// <summary>Time of all checks, estimated from those that were timed.</summary>
    public ulong Nanoseconds;

    /// <summary>Packet time of the last match, µs since 1970; 0: none.</summary>
    public long LastHitUs;
}
