using System.Text;
using Dataplane.Events.Applications;
using Dataplane.Inspection.Compile;
using Dataplane.Inspection.Rules;
using Dataplane.Inspection.Verify;
using Dataplane.Packets;

namespace Dataplane.Tests.Inspection;

/// <summary>Loads rules and shows them made-up packets of one flow; answers the sids that alert.</summary>
internal sealed class RuleBench : IDisposable
{
    private readonly RuleSet _rules;
    private readonly HostTable _hosts = new(64);
    private readonly RuleInspector _inspector;
    private FlowInspection _flow;

    public RuleBench(params string[] lines)
    {
        _rules = RuleSet.Compile(Load(lines));
        Assert.Empty(_rules.Rejected);
        _inspector = new RuleInspector(_rules, _hosts);
    }

    public RuleInspector Inspector => _inspector;

    public RuleSet Rules => _rules;

    public bool Drops => _inspector.Drops;

    /// <summary>Bytes of a text in which each character is one byte.</summary>
    public static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    public static LoadedRules Load(params string[] lines)
    {
        var file = new RuleFile(new RuleParser(new RuleVariables(), new Classifications()));
        file.Read("test.rules", new StringReader(string.Join('\n', lines)));
        return file.Loaded;
    }

    /// <summary>True when a rule with these options and sid 1 alerts on a UDP payload.</summary>
    public static bool Udp(string options, string payload)
    {
        using var bench = new RuleBench($"alert udp any any -> any any ({options} sid:1;)");
        return bench.Show(Datagram(Bytes(payload))).Contains(1u);
    }

    public static InspectedPacket Datagram(ReadOnlySpan<byte> payload) => new()
    {
        HasPacket = true,
        IpVersion = 4,
        Protocol = 17,
        Transport = TransportClass.Udp,
        Source = 0x0A000001,
        Destination = 0x0A000002,
        SourcePort = 4000,
        DestinationPort = 53,
        Sender = Side.Client,
        TimeNs = 1_000_000_000_000,
        Payload = payload,
    };

    public static InspectedPacket Segment(ReadOnlySpan<byte> payload) => Datagram(payload) with
    {
        Protocol = 6,
        Transport = TransportClass.Tcp,
        DestinationPort = 80,
    };

    /// <summary>Begins a new flow.</summary>
    public void NewFlow()
    {
        _inspector.Variables.Release(ref _flow);
        _flow = default;
    }

    public uint[] Show(in InspectedPacket packet)
    {
        _inspector.Inspect(packet, _inspector.GroupOf(packet), ref _flow);
        var sids = new List<uint>();
        foreach (RuleMatch match in _inspector.Alerts)
        {
            sids.Add(match.Rule.Rule.Sid);
        }
        return [.. sids];
    }

    public void Dispose()
    {
        _inspector.Dispose();
        _rules.Dispose();
        _hosts.Dispose();
    }

    /// <summary>The sids that alert when a transaction has moved.</summary>
    public uint[] Show(MadeUpTransaction transaction, Side sender)
    {
        InspectedPacket packet = Datagram([]);
        packet.Protocol = 6;
        packet.Transport = TransportClass.Tcp;
        packet.Sender = sender;
        packet.IsEstablished = true;
        packet.Application = transaction.Protocol;
        _inspector.InspectTransaction(packet, transaction, transaction.Notes(0), ref _flow);
        return Sids();
    }

    /// <summary>The sids that alert on a piece of the client's stream.</summary>
    public uint[] ShowStream(string text, AppProtocol application)
    {
        InspectedPacket packet = Datagram([]);
        packet.Protocol = 6;
        packet.Transport = TransportClass.Tcp;
        packet.IsEstablished = true;
        packet.HasPacket = false;
        packet.Application = application;
        packet.Stream = Bytes(text);
        _inspector.Inspect(packet, _inspector.GroupOf(packet), ref _flow);
        return Sids();
    }

    private uint[] Sids() => [.. _inspector.Alerts.ToArray().Select(m => m.Rule.Rule.Sid)];
}
