namespace Dataplane.Flows;

/// <summary>A flow's name inside one dataplane (FID): 8 bits worker, 24 bits slot of its table.</summary>
public readonly record struct FlowId(uint Value)
{
    /// <summary>Stands for "no flow".</summary>
    public static readonly FlowId None = new(uint.MaxValue);

    /// <summary>The most flows one worker can hold.</summary>
    public const uint SlotMax = 1 << 24;

    /// <summary>The flow's name outside, below 2^53 so that JavaScript keeps it whole:
    /// generation, FID.</summary>
    public ulong Identity(uint generation) => ((ulong)(generation & 0x1F_FFFF) << 32) | Value;

    /// <summary>Builds the FID of a slot.</summary>
    public static FlowId Of(byte worker, uint slot) => new(((uint)worker << 24) | slot);

    /// <summary>The worker that owns the flow.</summary>
    public byte Worker => (byte)(Value >> 24);

    /// <summary>The index in that worker's flow table.</summary>
    public uint Slot => Value & 0xFF_FFFF;
}
