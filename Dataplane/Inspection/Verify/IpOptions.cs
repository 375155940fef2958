namespace Dataplane.Inspection.Verify;

/// <summary>Walks the options of an IPv4 header (RFC 791, 3.1).</summary>
internal static class IpOptions
{
    private const int FixedBytes = 20;
    private const byte End = 0;
    private const byte Pad = 1;

    /// <summary>True when the header has the option; -1 asks for any.</summary>
    public static bool Has(in InspectedPacket packet, int wanted)
    {
        if (packet.IpVersion != 4 || packet.IpHeader.Length <= FixedBytes)
        {
            return false;
        }
        ReadOnlySpan<byte> options = packet.IpHeader[FixedBytes..];
        int at = 0;
        while (at < options.Length)
        {
            byte kind = options[at];
            if (kind == wanted || wanted < 0)
            {
                return true;
            }
            if (kind == End)
            {
                return false;
            }
            int length = kind == Pad ? 1 : at + 1 < options.Length ? options[at + 1] : 0;
            if (length == 0)
            {
                return false;
            }
            at += length;
        }
        return false;
    }
}
