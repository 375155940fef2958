using Dataplane.Native.Interfaces;

namespace Dataplane.Ports;

/// <summary>
/// What makes an interface hand over other packets than were on the wire, each with its remedy.
/// </summary>
public static class InterfaceWarnings
{
    /// <summary>A frame of this MTU with two tags still fits in a frame of af_packet's ring.</summary>
    public const int MtuMax = 1900;

    private static readonly (InterfaceOffloads Offload, string Name, string Argument)[] Offloads =
    [
        (InterfaceOffloads.GenericReceive, "GRO", "gro off"),
        (InterfaceOffloads.LargeReceive, "LRO", "lro off"),
        (InterfaceOffloads.GenericSegmentation, "GSO", "gso off"),
        (InterfaceOffloads.TcpSegmentation, "TSO", "tso off"),
        (InterfaceOffloads.SendChecksum, "checksum offload", "tx off"),
    ];

    /// <summary>Sentences for people; none for an interface that is as it should be.</summary>
    public static IReadOnlyList<string> Of(string name, NetworkInterface? found)
    {
        if (found is null)
        {
            return [$"{name} is gone, so nothing comes in: ip link lists the interfaces that there are."];
        }
        List<string> warnings = [];
        if (!found.IsUp)
        {
            warnings.Add($"{found.Name} is down, so nothing comes in: run ip link set dev {found.Name} up.");
        }
        else if (!found.HasLink)
        {
            warnings.Add($"{found.Name} has no link, so nothing comes in: check cable and other end.");
        }
        var active = Offloads.Where(entry => found.Offloads.HasFlag(entry.Offload)).ToList();
        if (active.Count > 0)
        {
            // The other end of a veth pair leaves checksums and segmentation to an end that never does them.
            string other = found.Driver == "veth" ? "; the same at the other end of this veth pair" : "";
            warnings.Add(
                $"{found.Name} has {string.Join(", ", active.Select(entry => entry.Name))} on, which joins "
                + "packets or leaves checksums out before they are seen: run ethtool -K "
                + $"{found.Name} {string.Join(' ', active.Select(entry => entry.Argument))}{other}.");
        }
        return warnings;
    }
}
