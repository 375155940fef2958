namespace Dataplane.Inspection.Verify;

/// <summary>How many bytes of an ICMP message are header (RFC 792, 950, 1256); the rest is payload to
/// rules.</summary>
internal static class IcmpHeader
{
    private const int FixedBytes = 8;
    private const int TimestampBytes = 12;
    private const int MaskBytes = 4;
    private const byte RouterAdvertisement = 9;

    public static int LengthOf(ReadOnlySpan<byte> message)
    {
        if (message.Length < FixedBytes)
        {
            return message.Length;
        }
        int more = message[0] switch
        {
            RouterAdvertisement => message[4] * message[5] * sizeof(uint),
            13 or 14 => TimestampBytes,
            17 or 18 => MaskBytes,
            _ => 0,
        };
        return message.Length >= FixedBytes + more ? FixedBytes + more : FixedBytes;
    }
}
