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

/// <summary>IP protocol numbers (IANA) that the stack acts on.</summary>
public static class IpProtocols
{
    public const byte HopByHop = 0;
    public const byte Icmp = 1;
    public const byte Igmp = 2;
    public const byte Ipv4 = 4;
    public const byte Tcp = 6;
    public const byte Udp = 17;
    public const byte Ipv6 = 41;
    public const byte Routing = 43;
    public const byte Fragment = 44;
    public const byte Gre = 47;
    public const byte Esp = 50;
    public const byte Authentication = 51;
    public const byte Icmpv6 = 58;
    public const byte NoNext = 59;
    public const byte DestinationOptions = 60;
    public const byte Sctp = 132;
    public const byte Mobility = 135;
    public const byte HostIdentity = 139;
    public const byte Shim6 = 140;
}
