using System.Text.Json;
using Dataplane.Packets;
using Dataplane.Ports;
using Testing;

namespace Dataplane.Tests.Stacks.Applications;

/// <summary>What both readers get: plain dialogues made here, and captures of the shared data where this
/// machine has them, each with addresses of its own.</summary>
internal static class OracleTraffic
{
    private const int CapturesOfProtocol = 10;
    private const long CaptureBytesMax = 150_000;
    private const long StepNs = 1_000_000;
    private static readonly string[] Protocols = ["http", "tls", "dns", "ssh", "smtp", "ftp"];

    /// <summary>Ethernet frames in the order of time.</summary>
    public static IReadOnlyList<Frame> Frames()
    {
        long now = 1_700_000_000_000_000_000;
        var frames = new List<Frame>();
        byte number = 1;
        foreach (IEnumerable<byte[]> capture in new[] { Made() }.Concat(Captures()))
        {
            foreach (byte[] frame in capture)
            {
                frames.Add(new Frame(now += StepNs, Readdressed(frame, number)));
            }
            number++;
        }
        return frames;
    }

    // Both ends' first octets change, so that no two captures share a connection.
    private static byte[] Readdressed(byte[] frame, byte number)
    {
        const int source = 26;
        const int destination = 30;
        if (frame.Length <= destination || frame[12] != 8 || frame[13] != 0)
        {
            return frame;
        }
        byte[] changed = [.. frame];
        changed[source] ^= number;
        changed[destination] ^= number;
        return changed;
    }

    private static IEnumerable<byte[]> Made()
    {
        int port = 41_000;
        foreach ((ushort server, (Side Side, byte[] Bytes)[] dialogue) in OracleDialogues.All)
        {
            TcpScript script = TcpScript.Between($"10.0.0.1:{port++}", $"10.0.0.2:{server}").Handshake();
            foreach ((Side side, byte[] bytes) in dialogue)
            {
                _ = side == Side.Client ? script.ClientSends(bytes) : script.ServerSends(bytes);
            }
            foreach (Frame frame in script.Close().Frames)
            {
                yield return frame.Bytes;
            }
        }
        foreach ((bool isQuery, byte[] message) in OracleDialogues.Datagrams)
        {
            PacketBuilder packet = isQuery
                ? PacketBuilder.Ethernet().Ipv4("10.0.0.1", "10.0.0.2").Udp(40_000, 53)
                : PacketBuilder.Ethernet().Ipv4("10.0.0.2", "10.0.0.1").Udp(53, 40_000);
            yield return packet.Payload(message).Build();
        }
    }

    private static IEnumerable<List<byte[]>> Captures() =>
        Named("ndpi").Concat(Named("suricata")).Distinct().Select(Read);

    /// <summary>Some captures of each protocol that were not made to be misread.</summary>
    private static IEnumerable<string> Named(string set)
    {
        if (AcceptanceData.Find(set) is not { } folder)
        {
            yield break;
        }
        using JsonDocument index = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "index.json")));
        var taken = Protocols.ToDictionary(protocol => protocol, _ => 0);
        foreach (JsonElement one in index.RootElement.GetProperty("cases").EnumerateArray())
        {
            string path = Path.Combine(folder, one.GetProperty("pcap").GetString()!);
            string id = one.GetProperty("id").GetString()!;
            bool isPlain = !id.Contains("fuzz", StringComparison.Ordinal)
                && !id.Contains("fragment", StringComparison.Ordinal)
                && (!one.TryGetProperty("family", out JsonElement family) || family.GetString() == "other");
            string[] has = [.. one.GetProperty("protocols").EnumerateArray()
                .Select(name => name.GetString()!.Split('.')[0].Replace("_CONTROL", "").ToLowerInvariant())];
            string? wanted = Protocols.FirstOrDefault(
                protocol => has.Contains(protocol) && taken[protocol] < CapturesOfProtocol);
            if (isPlain && wanted is not null && new FileInfo(path).Length < CaptureBytesMax)
            {
                taken[wanted]++;
                yield return path;
            }
        }
    }

    private static List<byte[]> Read(string path)
    {
        var frames = new List<byte[]>();
        using CaptureReader reader = CaptureReader.Open(path);
        while (reader.TryRead(out ReadOnlySpan<byte> frame, out CapturedFrame facts))
        {
            if (facts.LinkType == LinkType.Ethernet && facts.WireLength == frame.Length)
            {
                frames.Add(frame.ToArray());
            }
        }
        return frames;
    }
}
