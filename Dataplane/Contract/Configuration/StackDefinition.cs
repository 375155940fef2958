using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Dataplane.Contract.Configuration;

/// <summary>How the stacks judge packets that ends of a connection take in different ways.</summary>
public sealed record StackDefinition
{
    [Description("Whose eyes TCP segments are judged with: receiver (what it would not take changes "
        + "nothing), capture (every segment counts), or auto (receiver in live traffic, capture in "
        + "analyze).")]
    public AcceptanceRule Acceptance { get; set; } = AcceptanceRule.Auto;

    [Description("Wrong IPv4 header and TCP checksums: ignore (not verified), report, or drop. Packets that "
        + "never left their machine often carry none, so verify only what came over a wire.")]
    public ChecksumRule Checksums { get; set; } = ChecksumRule.Ignore;

    [Description(
        "TCP connections whose handshake was not seen: follow, ignore (forward and count), or drop.")]
    public MidstreamRule Midstream { get; set; } = MidstreamRule.Follow;

    [Description("TCP segments with urgent data: keep (the urgent byte is one of the stream's) or drop.")]
    public UrgentRule Urgent { get; set; } = UrgentRule.Keep;

    [Description("TCP segments with fewer hops left than this may not reach their receiver: they are "
        + "reported, and their bytes are none of the stream's. 0 turns it off.")]
    [Range(0, 255)]
    public int TtlMin { get; set; }

    [Description("How many bytes of each side of a TCP connection are put in order; what comes behind them "
        + "is announced as beyond the depth. 0: all.")]
    [Range(0, int.MaxValue)]
    public int StreamDepth { get; set; }

    [Description("Inline: drop a segment that carries other bytes than those of the same place which passed "
        + "before.")]
    public bool DropInconsistent { get; set; } = true;

    [Description("How hosts treat overlapping segments and fragments; the first entry whose network holds "
        + "the destination counts.")]
    public IReadOnlyList<HostPolicyDefinition> HostPolicies { get; set; } = [];
}
