using System.Text.Json;

namespace ControlApi.Contract.Notices;

/// <summary>An event that people hear unasked. Ids sort in the order in which notices were spooled.</summary>
public record Notice
{
    public required string Id { get; init; }

    public required string Node { get; init; }

    public required ulong Seq { get; init; }

    /// <summary>The event type's printed path, such as EVENT/IDS_ALERT.</summary>
    public required string Type { get; init; }

    /// <summary>1 high, 2 medium, 3 low, 4 for information.</summary>
    public required int Severity { get; init; }

    /// <summary>Packet time.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Time of spooling.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    public NoticeFlow? Flow { get; set; }

    /// <summary>Name of the NF that published it; empty for the stack and the runtime.</summary>
    public required string Nf { get; init; }

    public required string Chain { get; init; }

    public required uint Revision { get; init; }

    public required string Title { get; init; }

    /// <summary>allowed, blocked, or null where nothing was decided.</summary>
    public string? Action { get; set; }

    /// <summary>Fields of the event type, as its catalogue entry names them.</summary>
    public JsonElement Body { get; set; }

    /// <summary>Whether bytes of the packet are kept; /notices/{id}/packet has them.</summary>
    public bool HasPacket { get; set; }
}
