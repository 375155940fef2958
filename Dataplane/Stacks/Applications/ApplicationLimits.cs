namespace Dataplane.Stacks.Applications;

/// <summary>What application parsers may use, for each worker.</summary>
public sealed record ApplicationLimits
{
    /// <summary>Flows that are followed at once.</summary>
    public int FlowMax { get; init; } = 65_536;

    /// <summary>Transactions that live at once, in all flows.</summary>
    public int TransactionMax { get; init; } = 131_072;

    /// <summary>Transactions of one flow that live at once; more end its parser.</summary>
    public int FlowTransactionMax { get; init; } = 512;

    /// <summary>Bytes kept for all flows.</summary>
    public long BytesMax { get; init; } = 128L << 20;

    /// <summary>Bytes of each side that are parsed (Suricata's stream depth).</summary>
    public ulong DepthBytes { get; init; } = 1 << 20;

    /// <summary>Bytes of a body that are kept for rules.</summary>
    public int BodyBytesMax { get; init; } = 100 * 1024;

    /// <summary>Bytes a body may decode to before decoding stops.</summary>
    public long DecodedBytesMax { get; init; } = 8 << 20;

    /// <summary>Decoders of compressed bodies at once.</summary>
    public int DecoderMax { get; init; } = 2_048;

    /// <summary>Flows, parsers and transactions of each kind that are made at once, so that ordinary traffic
    /// makes none.</summary>
    public int Stock { get; init; } = 64;

    /// <summary>Decoders that are made at once.</summary>
    public int DecoderStock { get; init; } = 8;

    /// <summary>Times a flow may go over to another protocol (STARTTLS, CONNECT).</summary>
    public int ChangeMax { get; init; } = 8;

    /// <summary>Bytes of each side that are looked at before its protocol is given up.</summary>
    public int ProbeBytesMax { get; init; } = 4_096;
}
