namespace Dataplane.Packets;

/// <summary>EtherTypes (IEEE 802 numbers) that the parser acts on.</summary>
public static class EtherTypes
{
    /// <summary>Largest value that is an IEEE 802.3 length, not a type.</summary>
    public const ushort LengthMax = 1500;
    public const ushort Ipv4 = 0x0800;
    public const ushort Arp = 0x0806;
    public const ushort TransparentEthernet = 0x6558;
    public const ushort Vlan = 0x8100;
    public const ushort Ipv6 = 0x86DD;
    public const ushort Mpls = 0x8847;
    public const ushort MplsMulticast = 0x8848;
    public const ushort PppoeSession = 0x8864;
    public const ushort ProviderBridge = 0x88A8;
    public const ushort QinqOld = 0x9100;
    public const ushort QinqOlder = 0x9200;
}
