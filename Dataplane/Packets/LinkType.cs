namespace Dataplane.Packets;

/// <summary>What the first bytes of a frame are,
/// numbered as libpcap's LINKTYPE_ registry numbers them.</summary>
public enum LinkType : ushort
{
    Null = 0,
    Ethernet = 1,
    Ppp = 9,
    RawOld12 = 12,
    RawOld14 = 14,
    CiscoHdlc = 104,
    Raw = 101,
    Ieee80211 = 105,
    Loop = 108,
    LinuxSll = 113,
    Ieee80211Radiotap = 127,
    Ipv4 = 228,
    Ipv6 = 229,
    LinuxSll2 = 276,
}
