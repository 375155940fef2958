using System.Globalization;
using System.Text;

namespace Dataplane.Notices;

/// <summary>IP protocols as EVE names them in <c>proto</c>; numbers without a name as three digits.</summary>
public static class EveProtocol
{
    private static readonly byte[][] Names =
        [.. Enumerable.Range(0, 256).Select(number => Encoding.ASCII.GetBytes(
        number switch
        {
            1 => "ICMP",
            2 => "IGMP",
            4 => "IPv4",
            6 => "TCP",
            17 => "UDP",
            41 => "IPv6",
            44 => "IPv6-Frag",
            47 => "GRE",
            50 => "ESP",
            51 => "AH",
            58 => "IPv6-ICMP",
            89 => "OSPFIGP",
            103 => "PIM",
            112 => "VRRP",
            132 => "SCTP",
            _ => number.ToString("D3", CultureInfo.InvariantCulture),
        }))];

    public static ReadOnlySpan<byte> NameOf(byte protocol) => Names[protocol];
}
