namespace Dataplane.NetworkFunctions;

/// <summary>Names of IP protocol numbers as flows.json prints them (those of ndpiReader),
/// else the number.</summary>
public static class Layer4Name
{
    private static readonly string[] Names = [.. Enumerable.Range(0, 256).Select(number => number switch
    {
        1 => "ICMP",
        2 => "IGMP",
        6 => "TCP",
        17 => "UDP",
        58 => "ICMPV6",
        112 => "VRRP",
        _ => number.ToString(System.Globalization.CultureInfo.InvariantCulture),
    })];

    /// <summary>The printed name of a protocol number.</summary>
    public static string Of(byte protocol) => Names[protocol];
}
