using System.Text;
using Dataplane.Packets;
using Testing.Demo;

namespace Dataplane.Benchmarks.Traffic;

/// <summary>Makes a set of traffic with planted attacks; the same options give the same bytes.</summary>
public sealed class TrafficGenerator
{
    /// <summary>Packets of a request in T1: itself, its response, two acknowledgments.</summary>
    private const int PacketsPerRequest = 4;
    private const int PacketsOfConnection = 6;
    private const long FirstNs = 1_700_000_000_000_000_000;
    private const long StepNs = 100_000;
    private const int HttpPort = 80;

    // Of 100 flows of T2; datagrams have two packets a flow, so HTTP has 30 % of the packets.
    private const int MixHttp = 25;
    private const int MixTls = 33;
    private const int MixSsh = 24;

    private readonly TrafficOptions _options;
    private readonly SignatureSet _signatures;
    private readonly Random _random;
    private readonly HttpTexts _texts;
    private readonly List<TrafficFrame> _frames = [];
    private readonly List<(PlantedAttack Attack, TrafficFrame Last)> _attacks = [];
    private readonly Dictionary<string, int> _flows = new(StringComparer.Ordinal);
    private readonly HashSet<int> _httpFlows = [];

    private TrafficGenerator(TrafficOptions options, SignatureSet signatures)
    {
        (_options, _signatures) = (options, signatures);
        _random = new Random(options.Seed);
        _texts = new HttpTexts(_random);
    }

    /// <summary>All frames in the order of time, and the truth about them.</summary>
    public static (IReadOnlyList<TrafficFrame> Frames, TrafficTruth Truth) Generate(
        TrafficOptions options, SignatureSet signatures)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Flows, TrafficOptions.FlowMax);
        var generator = new TrafficGenerator(options, signatures);
        for (int flow = 0; flow < options.Flows; flow++)
        {
            generator.AddFlow(flow);
        }

        TrafficFrame[] ordered = [.. generator._frames.OrderBy(frame => frame.TimeNs)];
        return (ordered, generator.Truth(ordered));
    }

    private TrafficTruth Truth(TrafficFrame[] frames)
    {
        var numbers = new Dictionary<TrafficFrame, int>(ReferenceEqualityComparer.Instance);
        for (int i = 0; i < frames.Length; i++)
        {
            numbers.Add(frames[i], i + 1);
        }

        TrafficFrame[] tcp = [.. frames.Where(frame => frame.IsTcp)];
        return new TrafficTruth
        {
            Options = _options,
            Packets = frames.Length,
            TcpPackets = tcp.Length,
            ClientTcpPackets = tcp.Count(frame => frame.Sender == Side.Client),
            ClientBytes = frames.Where(f => f.Sender == Side.Client).Sum(f => (long)f.Bytes.Length),
            ServerBytes = frames.Where(f => f.Sender == Side.Server).Sum(f => (long)f.Bytes.Length),
            HttpPacketShare = (double)tcp.Count(frame => _httpFlows.Contains(frame.Flow)) / tcp.Length,
            FlowsByProtocol = _flows,
            Attacks = [.. _attacks.Select(a => a.Attack with { Packet = numbers[a.Last] })
                .OrderBy(attack => attack.Packet)],
        };
    }

    private void AddFlow(int flow)
    {
        int part = _options.Kind == TrafficKind.T2 ? flow % 100 : 0;
        string protocol = part < MixHttp ? "http"
            : part < MixHttp + MixTls ? "tls"
            : part < MixHttp + MixTls + MixSsh ? "ssh" : "dns";
        _flows[protocol] = _flows.GetValueOrDefault(protocol) + 1;
        int port = protocol switch { "http" => HttpPort, "tls" => 443, "ssh" => 22, _ => 53 };
        long step = StepNs + _random.Next((int)(StepNs / 4));
        long lifeNs = StepNs * (_options.Kind == TrafficKind.T4 ? 10 : _options.PacketsPerFlow);
        long start = FirstNs + (flow * lifeNs / _options.Concurrency);
        var script = new FlowScript(flow, port, start, step);
        switch (protocol)
        {
            case "http":
                _httpFlows.Add(flow);
                Http(script, flow);
                break;
            case "tls":
                Tls(script, flow);
                break;
            case "ssh":
                Ssh(script, flow);
                break;
            default:
                string host = $"host{flow}.example";
                script.Datagram(Side.Client, DnsMessage.Query((ushort)flow, host));
                script.Datagram(Side.Server, DnsMessage.Answer((ushort)flow, host, "192.0.2.1"));
                break;
        }

        _frames.AddRange(script.Frames);
    }

    private void Http(FlowScript script, int flow)
    {
        bool isBulk = _options.Kind == TrafficKind.T3;
        int requests = _options.Kind switch
        {
            TrafficKind.T3 or TrafficKind.T4 => 1,
            _ => Math.Max(1, (_options.PacketsPerFlow - PacketsOfConnection) / PacketsPerRequest),
        };
        int attacked = _random.Next(100) < (isBulk ? 40 : 12) ? AttackedRequest(requests) : 0;
        script.Handshake();
        for (int request = 1; request <= requests; request++)
        {
            if (request == attacked)
            {
                Attack(script, flow, request);
            }
            else
            {
                _ = script.Sends(Side.Client, _texts.Request([], out _));
            }

            Respond(script, isBulk);
        }

        script.Close();
    }

    private int AttackedRequest(int requests) => _random.Next(3) == 0 ? 1 : 1 + _random.Next(requests);

    /// <summary>Segments of the response; the client acknowledges each second one and the last.</summary>
    private void Respond(FlowScript script, bool isBulk)
    {
        int bulkBytes = Math.Max(1, _options.PacketsPerFlow - 10) * 2 / 3 * FlowScript.SegmentBytes;
        byte[] response = isBulk ? _texts.Response(bulkBytes)
            : _options.Kind == TrafficKind.T4 ? _texts.Response(900) : _texts.Response();
        script.Acknowledge(Side.Server);
        int segments = 0;
        for (int at = 0; at < response.Length; at += FlowScript.SegmentBytes)
        {
            int length = Math.Min(FlowScript.SegmentBytes, response.Length - at);
            _ = script.Sends(Side.Server, response.AsSpan(at, length));
            if (++segments % 2 == 0 || at + length == response.Length)
            {
                script.Acknowledge(Side.Client);
            }
        }
    }

    private void Attack(FlowScript script, int flow, int request)
    {
        uint sid = SignatureSet.FirstSid + (uint)_random.Next(_signatures.Count);
        byte[] bytes = _texts.Request(_signatures[sid], out int place);
        int length = _signatures[sid].Length;
        (string Cut, int Segments) how = _random.Next(8) switch
        {
            0 => ("cut", 2),
            1 => ("cut", _options.Kind == TrafficKind.T4 ? 3 : 16),
            2 => ("overlapping", 2),
            3 => ("reordered", 3),
            _ => ("whole", 1),
        };
        TrafficFrame last = Send(script, bytes, place, length, how.Cut, how.Segments);
        var attack = new PlantedAttack(flow, script.Client, 0, sid, request, how.Segments, how.Cut);
        _attacks.Add((attack, last));
    }

    /// <summary>Sends a request so that each cut lies inside the pattern; answers the frame that completes
    /// it.</summary>
    private static TrafficFrame Send(
        FlowScript script, byte[] bytes, int place, int length, string cut, int segments)
    {
        const int Overlap = 4;
        if (segments == 1)
        {
            return script.Sends(Side.Client, bytes);
        }

        long start = script.Offset(Side.Client);
        if (cut == "reordered")
        {
            // Its beginning stays first: nDPI gives HTTP up when a flow begins otherwise.
            int second = place + (length / 3);
            int third = place + (length * 2 / 3);
            _ = script.Segment(Side.Client, start, bytes.AsSpan(0, second));
            _ = script.Segment(Side.Client, start + third, bytes.AsSpan(third));
            return script.Segment(Side.Client, start + second, bytes.AsSpan(second, third - second));
        }

        if (cut == "overlapping")
        {
            int middle = place + (length / 2);
            _ = script.Segment(Side.Client, start, bytes.AsSpan(0, middle));
            return script.Segment(Side.Client, start + middle - Overlap, bytes.AsSpan(middle - Overlap));
        }

        // The first piece ends inside the pattern, the last begins in it.
        int at = 0;
        for (int piece = 1; piece < segments; piece++)
        {
            int end = place + (length * piece / segments);
            _ = script.Sends(Side.Client, bytes.AsSpan(at, end - at));
            at = end;
        }

        return script.Sends(Side.Client, bytes.AsSpan(at));
    }

    private void Tls(FlowScript script, int flow)
    {
        script.Handshake();
        _ = script.Sends(Side.Client, TlsRecords.ClientHello($"www{flow % 50}.example"));
        byte[] flight = TlsRecords.ServerFlight();
        _ = script.Sends(Side.Server, flight.AsSpan(0, FlowScript.SegmentBytes));
        _ = script.Sends(Side.Server, flight.AsSpan(FlowScript.SegmentBytes));
        _ = script.Sends(Side.Client, TlsRecords.ClientFinished());
        while (script.Frames.Count < _options.PacketsPerFlow - 3)
        {
            _ = script.Sends(Side.Client, TlsRecords.Application(200 + _random.Next(300), _random.Next()));
            _ = script.Sends(Side.Server, TlsRecords.Application(1_000 + _random.Next(400), _random.Next()));
        }

        script.Close();
    }

    private void Ssh(FlowScript script, int flow)
    {
        script.Handshake();
        _ = script.Sends(Side.Client, Encoding.ASCII.GetBytes($"SSH-2.0-OpenSSH_9.{flow % 10}\r\n"));
        _ = script.Sends(Side.Server, "SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n"u8);
        byte[] keys = new byte[700];
        while (script.Frames.Count < _options.PacketsPerFlow - 3)
        {
            _random.NextBytes(keys);
            _ = script.Sends(Side.Client, keys.AsSpan(0, 60 + _random.Next(200)));
            _ = script.Sends(Side.Server, keys.AsSpan(0, 60 + _random.Next(600)));
        }

        script.Close();
    }
}
