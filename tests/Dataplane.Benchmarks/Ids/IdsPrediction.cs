using Dataplane.Benchmarks.Traffic;
using Dataplane.Packets;

namespace Dataplane.Benchmarks.Ids;

/// <summary>Events and alerts that each configuration must have, from the truth alone.</summary>
public sealed class IdsPrediction
{
    /// <summary>Counts by walking the truth's frames.</summary>
    public IdsPrediction(TrafficSet traffic, DetectionOracle oracle)
    {
        TrafficTruth truth = traffic.Truth;
        Whole = [.. truth.Attacks.Where(a => a.IsWhole).Select(a => (a.Flow, a.Sid)).Order()];
        All = [.. truth.Attacks.Select(a => (a.Flow, a.Sid)).Order()];
        int flows = truth.Options.Flows;
        int[] clientPackets = new int[flows];
        int[] alertAt = new int[flows];
        Array.Fill(alertAt, int.MaxValue);
        Dictionary<int, PlantedAttack> byPacket = truth.Attacks.Where(a => a.IsWhole)
            .ToDictionary(attack => attack.Packet);
        for (int i = 0; i < traffic.Frames.Count; i++)
        {
            TrafficFrame frame = traffic.Frames[i];
            if (frame.IsTcp && frame.Sender == Side.Client)
            {
                clientPackets[frame.Flow]++;
                if (byPacket.ContainsKey(i + 1))
                {
                    alertAt[frame.Flow] = clientPackets[frame.Flow];
                }
            }
        }

        for (int flow = 0; flow < flows; flow++)
        {
            // Signature match hears what comes behind the detection, up to and with its own alert.
            int last = Math.Min(clientPackets[flow], alertAt[flow]);
            DpiEvents += Math.Min(oracle.DetectedAt[flow], clientPackets[flow]);
            int detected = oracle.DetectedAt[flow];
            bool isInDetected = alertAt[flow] <= detected;
            if (oracle.IsHttp[flow])
            {
                SignatureEvents += Math.Max(0, last - detected);
                SignatureEventsLate += isInDetected ? clientPackets[flow] - detected : last - detected;
            }

            MissedLate += isInDetected ? 1 : 0;
        }

        ClientPackets = truth.ClientTcpPackets;
        TcpPackets = truth.TcpPackets;
        DetectedShare = (double)DpiEvents / Math.Max(1, ClientPackets);
    }

    public long TcpPackets { get; }

    public long ClientPackets { get; }

    /// <summary>q of the model: share of clients' packets that DPI hears in C4.</summary>
    public double DetectedShare { get; }

    /// <summary>Packet events of DPI and of signature match in C4.</summary>
    public long DpiEvents { get; }

    public long SignatureEvents { get; }

    /// <summary>The latter when the packet of the detection is not looked at.</summary>
    public long SignatureEventsLate { get; }

    /// <summary>Attacks that lie in a packet which DPI needed: missed when nothing is replayed.</summary>
    public int MissedLate { get; }

    /// <summary>Attacks that one packet holds.</summary>
    public IReadOnlyList<(int Flow, uint Sid)> Whole { get; }

    /// <summary>All attacks.</summary>
    public IReadOnlyList<(int Flow, uint Sid)> All { get; }

    /// <summary>Packet events that both NFs together must hear, or null where the truth does not
    /// say.</summary>
    public long? PacketEvents(string configuration) => configuration switch
    {
        "C0" => 0,
        "C1" or "C1 restarting" or "C1 double" => 4 * TcpPackets,
        "C2" => 4 * ClientPackets,
        "C3" => 2 * ClientPackets,
        "C4" => DpiEvents + SignatureEvents,
        "C4 late" => DpiEvents + SignatureEventsLate,
        "C5" or "C5 late" or "C6" => DpiEvents,
        _ => null,
    };

    /// <summary>Alerts that a configuration must raise, or null where it is known to miss or repeat
    /// some.</summary>
    public IReadOnlyList<(int Flow, uint Sid)>? Alerts(string configuration) => configuration switch
    {
        "C0" => [],
        "C1" or "C1 restarting" or "C2" or "C3" or "C4" => Whole,
        "C5" => All,
        _ => null,
    };
}
