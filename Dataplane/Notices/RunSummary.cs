using System.Text.Json;

namespace Dataplane.Notices;

/// <summary>What <c>analyze</c> did: the content of summary.json.</summary>
public sealed record RunSummary
{
    public required ulong Packets { get; init; }

    public required ulong Bytes { get; init; }

    public required ulong Flows { get; init; }

    public required ulong Alerts { get; init; }

    /// <summary>The capture ended inside a packet; what was before was read.</summary>
    public bool CaptureTruncated { get; init; }

    /// <summary>Packets that went no further, by reason; only reasons that occurred.</summary>
    public IReadOnlyDictionary<string, ulong> Drops { get; init; } = new Dictionary<string, ulong>();

    /// <summary>Events built, by the type's path.</summary>
    public IReadOnlyDictionary<string, ulong> EventsBuilt { get; init; } = new Dictionary<string, ulong>();

    /// <summary>Events delivered, by NF and path.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, ulong>> EventsDelivered { get; init; } =
        new Dictionary<string, IReadOnlyDictionary<string, ulong>>();

    /// <summary>Packets of TCP flows by the depth that handled them.</summary>
    public IReadOnlyDictionary<string, ulong> Depths { get; init; } = new Dictionary<string, ulong>();

    public int RulesLoaded { get; init; }

    public int RulesRejected { get; init; }

    /// <summary>Processing alone; reading the capture and loading rules have their own.</summary>
    public required double Seconds { get; init; }

    public double CaptureLoadSeconds { get; init; }

    public double RuleLoadSeconds { get; init; }

    internal void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("packets", Packets);
        json.WriteNumber("bytes", Bytes);
        Write(json, "drops", Drops);
        json.WriteNumber("flows", Flows);
        Write(json, "eventsBuilt", EventsBuilt);
        json.WriteStartObject("eventsDelivered");
        foreach ((string nf, IReadOnlyDictionary<string, ulong> counts) in EventsDelivered)
        {
            Write(json, nf, counts);
        }
        json.WriteEndObject();
        Write(json, "depths", Depths);
        json.WriteNumber("alerts", Alerts);
        json.WriteNumber("rulesLoaded", RulesLoaded);
        json.WriteNumber("rulesRejected", RulesRejected);
        json.WriteBoolean("captureTruncated", CaptureTruncated);
        json.WriteNumber("seconds", Seconds);
        json.WriteNumber("captureLoadSeconds", CaptureLoadSeconds);
        json.WriteNumber("ruleLoadSeconds", RuleLoadSeconds);
        json.WriteNumber("packetsPerSecond", Seconds > 0 ? Math.Round(Packets / Seconds) : 0);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, IReadOnlyDictionary<string, ulong> counts)
    {
        json.WriteStartObject(name);
        foreach ((string key, ulong count) in counts)
        {
            json.WriteNumber(key, count);
        }
        json.WriteEndObject();
    }
}
