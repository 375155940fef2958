using Dataplane.Contract.Shared;
using Dataplane.Flows;
using Dataplane.Native.Memory;

namespace Dataplane.Notices;

/// <summary>The Community ID of a flow, from its key.</summary>
public static class CommunityIdText
{
    public const int BytesMax = CommunityId.TextBytes;

    private const byte Icmp = 1;
    private const byte IcmpV6 = 58;

    /// <summary>Writes the id; nothing for ICMP,
    /// whose id needs type and code that a flow does not have.</summary>
    public static int Format(in FlowKey key, Span<byte> utf8)
    {
        if (key.IpVersion is not (4 or 6) || key.Protocol is Icmp or IcmpV6)
        {
            return 0;
        }
        int from = key.IpVersion == 4 ? 12 : 0;
        Span<byte> a = stackalloc byte[16];
        Span<byte> b = stackalloc byte[16];
        CopyAddress(key.AddressAHigh, key.AddressALow, a);
        CopyAddress(key.AddressBHigh, key.AddressBLow, b);
        CommunityId.Format(a[from..], b[from..], key.PortA, key.PortB, key.Protocol, utf8);
        return BytesMax;
    }

    private static void CopyAddress(ulong high, ulong low, Span<byte> address)
    {
        Reinterpret.BytesOf(in high).CopyTo(address);
        Reinterpret.BytesOf(in low).CopyTo(address[8..]);
    }
}
