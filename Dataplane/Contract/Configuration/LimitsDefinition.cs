using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Dataplane.Contract.Configuration;

/// <summary>Sizes of the fixed pools, and caps on what is kept on disk.</summary>
public sealed record LimitsDefinition
{
    [Description("Flows followed at once, all workers together.")]
    [Range(1_024, 16_777_216)]
    public int Flows { get; set; } = 262_144;

    [Description("TCP connections whose state is followed at once, all workers together; more are only "
        + "counted and forwarded. 0: as many as flows.")]
    [Range(0, 16_777_216)]
    public int TcpFlows { get; set; }

    [Description("Bytes of out-of-order and retained payload, all workers together.")]
    [Range(1_048_576, 1L << 40)]
    public long ReassemblyBytes { get; set; } = 268_435_456;

    [Description("How long a flow may stay with the chain of an older revision.")]
    [Range(0, 86_400)]
    public int PlanGraceSeconds { get; set; } = 60;

    [Description("Flows that protocol identification may follow at once, per worker.")]
    [Range(1_024, 1_048_576)]
    public int DpiFlows { get; set; } = 65_536;

    [Description("Bytes of notices kept on disk until they are stored.")]
    [Range(67_108_864, 1L << 40)]
    public long SpoolBytes { get; set; } = 1_073_741_824;

    [Description("Bytes of log files kept by loggers.")]
    [Range(1_048_576, 1L << 44)]
    public long LogBytes { get; set; } = 1_073_741_824;

    [Description("Days that stored notices are kept.")]
    [Range(1, 3_650)]
    public int EventDays { get; set; } = 30;

    [Description("Bytes of stored notices that are kept.")]
    [Range(16_777_216, 1L << 44)]
    public long EventBytes { get; set; } = 10_737_418_240;
}
