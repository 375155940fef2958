using Dataplane.Inspection.Rules;

namespace Dataplane.Inspection.Compile;

/// <summary>The transports by which rules are grouped.</summary>
public enum TransportClass : byte
{
    Tcp,
    Udp,
    Icmp4,
    Icmp6,
    Sctp,
    Other,
}

/// <summary>Arithmetic on <see cref="TransportClass"/>.</summary>
public static class TransportClasses
{
    public const int Count = 6;

    public static TransportClass Of(byte ipProtocol) => ipProtocol switch
    {
        6 => TransportClass.Tcp,
        17 => TransportClass.Udp,
        1 => TransportClass.Icmp4,
        58 => TransportClass.Icmp6,
        132 => TransportClass.Sctp,
        _ => TransportClass.Other,
    };

    public static bool IsIn(this TransportClass transport, TransportSet set) =>
        ((int)set & (1 << (int)transport)) != 0;

    public static bool HasPorts(this TransportClass transport) =>
        transport is TransportClass.Tcp or TransportClass.Udp or TransportClass.Sctp;
}
