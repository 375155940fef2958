using Dataplane.Packets;

namespace Dataplane.Benchmarks.Traffic;

/// <summary>A generated frame and what is known of it without parsing.</summary>
/// <param name="TimeNs">When it passes, ns since 1970.</param>
/// <param name="Bytes">Ethernet, IPv4 without options, TCP or UDP.</param>
/// <param name="Flow">Number of its flow.</param>
/// <param name="Sender">Who sent it.</param>
/// <param name="PayloadOffset">First byte behind the TCP or UDP header.</param>
public sealed record TrafficFrame(long TimeNs, byte[] Bytes, int Flow, Side Sender, int PayloadOffset)
{
    /// <summary>Where the IPv4 header begins.</summary>
    public const int Layer3Offset = 14;

    /// <summary>Where the TCP or UDP header begins.</summary>
    public const int Layer4Offset = 34;

    private const int ProtocolOffset = Layer3Offset + 9;

    public bool IsTcp => Bytes[ProtocolOffset] == IpProtocols.Tcp;

    public int PayloadLength => Bytes.Length - PayloadOffset;
}
