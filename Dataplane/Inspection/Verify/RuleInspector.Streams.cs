using Dataplane.Flows;
using Dataplane.Inspection.Compile;
using Dataplane.Inspection.Rules;
using Dataplane.Packets;

namespace Dataplane.Inspection.Verify;

/// <summary>Payloads: which rules a flow's port has, and pieces and windows of streams.</summary>
public sealed partial class RuleInspector
{
    private readonly StreamMatches _streamMatches = new();

    /// <summary>True when a rule failed over the last window that more bytes may make match.</summary>
    public bool MayYetMatch { get; private set; }

    /// <summary>The rules that a packet like this one can match.</summary>
    public RuleGroup GroupOf(in InspectedPacket packet)
    {
        Side sender = packet.Sender == Side.Server ? Side.Server : Side.Client;
        ushort serverPort = sender == Side.Server ? packet.SourcePort : packet.DestinationPort;
        return _rules.Group(packet.Transport, sender, serverPort);
    }

    /// <summary>The rules for both directions of the flow that a packet belongs to.</summary>
    public FlowRuleGroups GroupsOf(in InspectedPacket packet)
    {
        ushort serverPort = packet.Sender == Side.Server ? packet.SourcePort : packet.DestinationPort;
        return new FlowRuleGroups(
            _rules.Group(packet.Transport, Side.Client, serverPort),
            _rules.Group(packet.Transport, Side.Server, serverPort));
    }

    /// <summary>The rules for what a side of a flow sends.</summary>
    public RuleGroup GroupOf(in FlowKey key, bool clientIsB, Side sender) => _rules.Group(
        TransportClasses.Of(key.Protocol), sender == Side.Server ? Side.Server : Side.Client,
        clientIsB ? key.PortA : key.PortB);

    /// <summary>False when no rule is about the addresses of a flow.</summary>
    public bool ConcernsEnds(in InspectedPacket packet, in FlowRuleGroups groups) =>
        _rules.NamesApplications || !_rules.FindingRules.IsEmpty
        || ConcernsEnds(packet, groups.ToServer) || ConcernsEnds(packet, groups.ToClient);

    /// <summary>True when a rule may match now that these bytes of a stream have come; those before them that
    /// a literal could begin in stand in front. <see cref="MatchWindow"/> goes on from here.</summary>
    public bool FindInStream(RuleGroup group, ReadOnlySpan<byte> bytes)
    {
        _candidateCount = 0;
        _round++;
        Add(group.AlwaysInStream);
        if (group.HasLiterals)
        {
            Scan(group.Literals, bytes);
        }
        return _candidateCount > 0;
    }

    /// <summary>Shows a window of a stream to the rules that were just found.</summary>
    public void MatchWindow(in InspectedPacket packet, ref FlowInspection flow)
    {
        MayYetMatch = false;
        if (!flow.IsDecided)
        {
            _candidates.AsSpan(0, _candidateCount).Sort();
            DecidePackets(packet, ref flow);
        }
    }

    private static bool ConcernsEnds(in InspectedPacket packet, RuleGroup group)
    {
        if (group.Ends.IsEmpty)
        {
            return group.RuleCount > 0;
        }
        foreach (Rule rule in group.Ends)
        {
            if (HeaderVerifier.FitsEnds(packet, rule))
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>What matched before does not match again: a rule that did begins anew behind it. Contents
    /// that are counted from the beginning need it in sight.</summary>
    private bool WindowMatches(
        in InspectedPacket packet, CompiledRule rule, CompiledSection payload, in FlowInspection flow)
    {
        if (rule.HasPlace && packet.StreamOffset > 0)
        {
            return false;
        }
        uint mark = (uint)rule.Index | (packet.Sender == Side.Server ? ServerMark : 0);
        uint matched = _streamMatches.EndOf(packet.FlowNumber, flow.FirstSecond, mark);
        int skip = matched > packet.StreamOffset
            ? (int)Math.Min(matched - packet.StreamOffset, (uint)packet.Stream.Length) : 0;
        ReadOnlySpan<byte> bytes = packet.Stream[skip..];
        bool isMatch = !bytes.IsEmpty
            && _verifier.Matches(_transforms.Apply(bytes, payload.View.Transforms), payload);
        if (isMatch)
        {
            uint end = packet.StreamOffset + (uint)packet.Stream.Length;
            _streamMatches.Note(packet.FlowNumber, flow.FirstSecond, mark, end);
        }
        MayYetMatch |= !isMatch && !rule.IsOneLiteral;
        return isMatch;
    }

    /// <summary>A stream's piece first; then the packet, unless it is a part of the stream that the rule
    /// waits for.</summary>
    private bool PayloadMatches(
        in InspectedPacket packet, CompiledRule rule, CompiledSection payload, in FlowInspection flow,
        out bool inStream)
    {
        ReadOnlySpan<CompiledTransform> transforms = payload.View.Transforms;
        inStream = rule.WantsStream && !packet.Stream.IsEmpty
            && (packet.IsWindow ? WindowMatches(packet, rule, payload, flow)
                : _verifier.Matches(_transforms.Apply(packet.Stream, transforms), payload));
        if (inStream)
        {
            return (rule.Rule.Flow & FlowConditions.NoStream) == 0;
        }
        bool skipPacket = !packet.HasPacket || packet.Payload.IsEmpty || packet.IsEncrypted
            || (rule.WantsStream && !rule.WantsPacket && packet.IsInStream)
            || (rule.Rule.Flow & FlowConditions.OnlyStream) != 0;
        return !skipPacket && _verifier.Matches(_transforms.Apply(packet.Payload, transforms), payload);
    }
}
