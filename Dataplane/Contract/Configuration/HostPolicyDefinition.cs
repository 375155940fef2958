using System.ComponentModel;
using System.Net;

namespace Dataplane.Contract.Configuration;

/// <summary>How the hosts of one network put overlapping bytes together.</summary>
public sealed record HostPolicyDefinition
{
    [Description("The hosts: an address or a network, such as 10.1.0.0/16 or 2001:db8::/32.")]
    public required string Network { get; set; }

    [Description("Which of two overlapping TCP segments keeps its bytes.")]
    public OverlapPolicy Segments { get; set; } = OverlapPolicy.First;

    [Description("Which of two overlapping IPv4 fragments keeps its bytes.")]
    public OverlapPolicy Fragments { get; set; } = OverlapPolicy.Bsd;

    /// <summary>Reads an address or a network in CIDR form.</summary>
    public static bool TryParseNetwork(string text, out IPNetwork network)
    {
        if (IPNetwork.TryParse(text, out network))
        {
            return true;
        }
        if (!IPAddress.TryParse(text, out IPAddress? address))
        {
            return false;
        }
        network = new IPNetwork(address, address.GetAddressBytes().Length * 8);
        return true;
    }
}
