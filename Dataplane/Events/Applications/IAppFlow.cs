using Dataplane.Packets;

namespace Dataplane.Events.Applications;

/// <summary>What application parsers know of one flow.</summary>
/// <remarks>Pooled: valid until the handler returns. Owning worker only.</remarks>
public interface IAppFlow
{
    /// <summary>The flow's protocol; Unknown while undecided, Failed when given up.</summary>
    AppProtocol Protocol { get; }

    /// <summary>What one side's bytes were recognised as; for most flows equal to
    /// <see cref="Protocol"/>.</summary>
    AppProtocol ProtocolOf(Side sender);

    /// <summary>The protocol before STARTTLS, CONNECT or an upgrade; Unknown when it never
    /// changed.</summary>
    AppProtocol Original { get; }

    /// <summary>Live transactions, oldest first: the first ones may be complete and go after this
    /// packet.</summary>
    int TransactionCount { get; }

    /// <summary>A live transaction by its place.</summary>
    AppTransaction this[int index] { get; }

    /// <summary>How many transactions the flow had; the next one's number.</summary>
    uint NextNumber { get; }

    /// <summary>What was irregular about the flow as a whole (<c>applayer_*</c>).</summary>
    AppAnomalySet Anomalies { get; }

    /// <summary>True when the parser has stopped following a side: encrypted, broken, or given
    /// up.</summary>
    bool IsOver { get; }
}
