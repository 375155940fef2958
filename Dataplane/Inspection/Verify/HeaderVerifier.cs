using Dataplane.Inspection.Compile;
using Dataplane.Inspection.Rules;
using Dataplane.Packets;

namespace Dataplane.Inspection.Verify;

/// <summary>Compares a packet with a rule's header and with what its `flow` keyword demands.</summary>
internal static class HeaderVerifier
{
    public static bool Matches(in InspectedPacket packet, Rule rule)
    {
        if (!packet.Transport.IsIn(rule.Protocol.Transports)
            || (rule.Protocol.IpVersion != 0 && rule.Protocol.IpVersion != packet.IpVersion))
        {
            return false;
        }
        return Ends(packet, rule, rule.Sources, rule.SourcePorts, rule.Destinations, rule.DestinationPorts)
            || (rule.Bidirectional
                && Ends(packet, rule, rule.Destinations, rule.DestinationPorts, rule.Sources,
                rule.SourcePorts));
    }

    /// <summary>only_stream and no_stream depend on what matched and are judged by the caller.</summary>
    public static bool FlowAllows(in InspectedPacket packet, Rule rule)
    {
        FlowConditions flow = rule.Flow;
        if (flow == FlowConditions.None)
        {
            return !rule.NeedsFlow || packet.Sender != Side.None || packet.HasPacket;
        }
        bool wrongSide = ((flow & FlowConditions.ToServer) != 0 && packet.Sender == Side.Server)
            || ((flow & FlowConditions.ToClient) != 0 && packet.Sender != Side.Server);
        bool wrongState = ((flow & FlowConditions.Established) != 0 && !packet.IsEstablished)
            || ((flow & FlowConditions.NotEstablished) != 0 && packet.IsEstablished);
        bool wrongShape = ((flow & FlowConditions.OnlyFragment) != 0 && !packet.IsReassembled)
            || ((flow & FlowConditions.NoFragment) != 0 && packet.IsReassembled);
        return !wrongSide && !wrongState && !wrongShape;
    }

    /// <summary>True when the packet's two addresses are those of the rule, either way round.</summary>
    public static bool FitsEnds(in InspectedPacket packet, Rule rule) =>
        (Contains(rule.Sources, packet.IpVersion, packet.Source)
            && Contains(rule.Destinations, packet.IpVersion, packet.Destination))
        || (Contains(rule.Sources, packet.IpVersion, packet.Destination)
            && Contains(rule.Destinations, packet.IpVersion, packet.Source));

    private static bool Ends(
        in InspectedPacket packet, Rule rule, AddressSet from, PortSet fromPorts, AddressSet to,
        PortSet toPorts)
    {
        bool portsMatter = !(rule.SourcePorts.IsAny && rule.DestinationPorts.IsAny);
        if (portsMatter && (packet.IsFragment || !packet.Transport.HasPorts()
            || !fromPorts.Contains(packet.SourcePort) || !toPorts.Contains(packet.DestinationPort)))
        {
            return false;
        }
        return Contains(from, packet.IpVersion, packet.Source)
            && Contains(to, packet.IpVersion, packet.Destination);
    }

    internal static bool Contains(AddressSet set, byte version, UInt128 address) =>
        set.IsAny || (version == 4 ? set.ContainsV4((uint)address) : set.ContainsV6(address));
}
