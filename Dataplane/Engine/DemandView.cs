using System.Globalization;
using System.Net;
using Dataplane.Chains;
using Dataplane.Contract.Live;
using Dataplane.Events;
using Dataplane.Flows;
using Dataplane.Native.Memory;
using Dataplane.Packets;

namespace Dataplane.Engine;

/// <summary>Says of a flow, for people, who hears what and which subscription asks for which part of its
/// depth.</summary>
internal static class DemandView
{
    public static FlowDemand Of(
        FlowId id, ref readonly FlowEntry flow, ref readonly FlowKey key, ChainInstance instance, bool isOld)
    {
        LinkTable links = instance.Links;
        ulong fitting = instance.Chain.Fitting(ulong.MaxValue, in key);
        ulong waiting = links.WaitingIn(flow.LinkMask, fitting);
        ulong on = flow.LinkMask;
        return new FlowDemand
        {
            Flow = id.Identity(flow.Generation).ToString(CultureInfo.InvariantCulture),
            Tuple = TupleOf(in flow, in key),
            Chain = instance.Chain.Id,
            IsOldRevision = isOld,
            Depth = StackDepthNames.Of(flow.Depth),
            Subscriptions =
            [
                .. links.Links.Select((link, bit) => Of(
                    instance.Chain, link, links.AskedBy(bit), StateOf(1UL << bit, on, waiting, fitting))),
            ],
        };
    }

    private static SubscriptionDemand Of(
        Chain chain, LinkDeclaration link, StackDepth asked, string state) => new()
        {
            Nf = chain.Functions[link.Nf].Name,
            Subscription = link.Name,
            Events = EventsOf(link),
            Sender = link.Sender is null ? "both" : Small(link.Sender.Value.ToString()),
            Half = Small(link.Half.ToString()),
            State = state,
            AsksFor = state is "on" or "waiting" ? StackDepthNames.Of(asked) : [],
        };

    private static string[] EventsOf(LinkDeclaration link) => link.Tests.Count > 0
        ? [.. link.Tests.Select(test => test.Defined?.Path ?? EventTree.Types[test.Type].Path)]
        : [.. link.Types.Select(type => EventTree.Types[type].Path)];

    private static string StateOf(ulong link, ulong on, ulong waiting, ulong fitting) =>
        (on & link) != 0 ? "on"
        : (waiting & link) != 0 ? "waiting"
        : (fitting & link) == 0 ? "excluded" : "off";

    private static string TupleOf(ref readonly FlowEntry flow, ref readonly FlowKey key)
    {
        string a = EndOf(key.IpVersion, key.AddressAHigh, key.AddressALow, key.PortA);
        string b = EndOf(key.IpVersion, key.AddressBHigh, key.AddressBLow, key.PortB);
        bool clientIsB = (flow.Flags & FlowFlags.ClientIsB) != 0;
        string protocol = key.Protocol switch
        {
            IpProtocols.Tcp => "tcp",
            IpProtocols.Udp => "udp",
            _ => key.Protocol.ToString(CultureInfo.InvariantCulture),
        };
        return $"{protocol} {(clientIsB ? b : a)} > {(clientIsB ? a : b)}";
    }

    private static string EndOf(byte version, ulong high, ulong low, ushort port)
    {
        Span<byte> bytes = stackalloc byte[16];
        Reinterpret.BytesOf(in high).CopyTo(bytes);
        Reinterpret.BytesOf(in low).CopyTo(bytes[8..]);
        var address = new IPAddress(bytes);
        return version == 4 ? $"{address.MapToIPv4()}:{port}" : $"[{address}]:{port}";
    }

    private static string Small(string word) => word.ToLowerInvariant();
}
