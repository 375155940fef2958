using System.Text.Json;

namespace Dataplane.Benchmarks.Traffic;

/// <summary>What is in a generated set, known because it was put there: the truth file beside a
/// capture.</summary>
public sealed record TrafficTruth
{
    private static readonly JsonSerializerOptions Form =
        new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public required TrafficOptions Options { get; init; }

    public required int Packets { get; init; }

    public required int TcpPackets { get; init; }

    public required int ClientTcpPackets { get; init; }

    /// <summary>Frame bytes by sender.</summary>
    public required long ClientBytes { get; init; }

    public required long ServerBytes { get; init; }

    /// <summary>c of the model: share of TCP packets that clients sent.</summary>
    public double ClientPacketShare => (double)ClientTcpPackets / TcpPackets;

    /// <summary>h of the model: share of TCP packets that belong to HTTP flows.</summary>
    public required double HttpPacketShare { get; init; }

    /// <summary>Packets a flow.</summary>
    public double PacketsPerFlow => (double)Packets / Options.Flows;

    public required IReadOnlyDictionary<string, int> FlowsByProtocol { get; init; }

    public required IReadOnlyList<PlantedAttack> Attacks { get; init; }

    /// <summary>The content of the truth file.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Form);
}

/// <summary>One planted attack.</summary>
/// <param name="Flow">Number of the flow: the last two octets of its client's address.</param>
/// <param name="Client">Client's address and port.</param>
/// <param name="Packet">Number of the frame, from 1, that completes the pattern.</param>
/// <param name="Sid">Which pattern.</param>
/// <param name="Request">Which request of the connection, from 1.</param>
/// <param name="Segments">Over how many segments the request was sent; 1: the pattern is in one
/// packet.</param>
/// <param name="Cut">How: whole, cut, overlapping or reordered.</param>
public sealed record PlantedAttack(
    int Flow, string Client, int Packet, uint Sid, int Request, int Segments, string Cut)
{
    /// <summary>True when one packet holds the whole pattern.</summary>
    public bool IsWhole => Segments == 1;
}
