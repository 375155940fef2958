using Dataplane.Chains;
using Dataplane.Events;
using Dataplane.Events.Applications;
using Dataplane.Inspection.Compile;
using Dataplane.Inspection.Decoding;
using Dataplane.Inspection.Rules;
using Dataplane.Inspection.Verify;

namespace Dataplane.NetworkFunctions;

/// <content>Fragments and packets whose headers cannot be read: each is inspected for itself, where a rule
/// asks for such things.</content>
public sealed partial class SignatureMatch
{
    /// <inheritdoc/>
    public bool Declines(string subscription) => subscription == Strays && !_rules.HearsStrays;

    private Verdict InspectStray(in Event<IpPacket> e, NfContext context)
    {
        _flowless = new FlowInspection { Flags = FlowInspectionFlags.Begun };
        InspectedPacket packet = InspectedPacket.Of(ref context.Packet);
        DecodeChecks.Check(packet.Layer3, ref packet.Findings);
        if (EventTree.IsA(e.Record.TypeId, EventType<FragmentOverlap>.Id))
        {
            packet.Findings.Add(
                packet.IpVersion == 4 ? DecodeFinding.Ipv4FragOverlap : DecodeFinding.Ipv6FragOverlap);
        }
        if (context.Key.IpVersion == 0)
        {
            // Nothing the header says can be believed, addresses least of all.
            (packet.IpVersion, packet.Source, packet.Destination) = (0, 0, 0);
            packet.Layer3 = [];
        }
        packet.FlowNumber = context.FlowId.Value;
        RuleGroup group = _inspector.GroupOf(packet);
        _inspector.Inspect(packet, group, ref _flowless);
        Publish(context, packet.Sender, AppProtocol.Unknown);
        _inspector.Variables.Release(ref _flowless);
        return _inspector.Drops ? Verdict.DropPacket : Verdict.Pass;
    }
}
